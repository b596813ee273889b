import type { ArchivePointer } from '../types.ts';

/** An append by which an id was accepted. */
export type SameIdPlace = {
  readonly subject: string;
  /** Start of the slot. */
  readonly start: string;
  /** The backfill whose overlay the chain is; absent for the live chain. */
  readonly overlay?: string;
  readonly version: number;
  readonly appendedAt: string;
  /** The archive line of the event. */
  readonly pointer: ArchivePointer;
  /** The id is cancelled in this slot: the event counts nothing there. */
  readonly cancelled: boolean;
};

/** What a person decided: the first accepted stands and the others are cancelled, or all of them count. */
export type SameIdDecision = {
  readonly keep: 'first' | 'all';
  readonly reason: string;
  readonly by: string;
  readonly at: string;
  /** The rule by which it was decided, if it was one. */
  readonly rule?: string;
};

/** One id that was accepted in more than one slot or under more than one subject, and so was counted more than once. */
export type SameIdFinding = {
  readonly format: 1;
  /** The id's hash: one finding per (source, id). */
  readonly findingId: string;
  /** 1, 2, 3, ...: each write is under the revision before. */
  readonly revision: number;
  /**
   * `open`: a person must decide. `cancelling`: the first stands, the cancellations of the others are under way.
   * `settled`: at most one place still counts, or all shall.
   */
  readonly state: 'open' | 'cancelling' | 'settled';
  /** At most `MAX_PLACES`, the first accepted first. */
  readonly places: readonly SameIdPlace[];
  /** More places than these were seen. */
  readonly cut?: true;
  readonly foundAt: string;
  /** All decisions, the newest last. */
  readonly decisions: readonly SameIdDecision[];
};

/** An id that a producer uses for everything has places without end; so many are kept, and decided at a time. */
export const MAX_PLACES = 100;

/** A place as a walk sees it, before it is known where the event lies. */
export type SeenPlace = Omit<SameIdPlace, 'pointer' | 'cancelled'>;

/** What a walk saw of one id. */
export type Sighting = {
  readonly idHash: string;
  /** Where it was accepted. */
  readonly accepted: readonly SeenPlace[];
  /** The slots in which it is cancelled, as `slotKey` has them. */
  readonly cancelled: ReadonlySet<string>;
};

/** One text per slot of a subject: in a slot an id counts once, whichever of its chains have it. */
export const slotKey = ({ subject, start }: Pick<SeenPlace, 'subject' | 'start'>): string => `${subject}#${start}`;

/**
 * Order in which places stand: of the ledger itself before those of backfills, which can be reverted; then in order of
 * acceptance; ties by place, so that it is always the same one that stands.
 */
export const compareAccepted = (a: SeenPlace, b: SeenPlace): number => {
  const [own, other] = [a.overlay === undefined, b.overlay === undefined];
  if (own !== other) return own ? -1 : 1;
  if (a.appendedAt !== b.appendedAt) return a.appendedAt < b.appendedAt ? -1 : 1;
  const [first, second] = [`${slotKey(a)}#${a.overlay ?? ''}`, `${slotKey(b)}#${b.overlay ?? ''}`];
  return first === second ? a.version - b.version : first < second ? -1 : 1;
};

/** The places that count, in order of acceptance. */
export const countingPlaces = ({ places }: Pick<SameIdFinding, 'places'>): SameIdPlace[] =>
  places.filter(({ cancelled }) => !cancelled);

/** The places that are to be cancelled when the first accepted stands. */
export const placesToCancel = (finding: Pick<SameIdFinding, 'places'>): SameIdPlace[] =>
  countingPlaces(finding).slice(1);

/** Of the places that were seen, one per slot: in the live chain where that has the id, else the first accepted. */
const perSlot = (places: readonly SeenPlace[]): SeenPlace[] =>
  [...Map.groupBy(places, slotKey).values()].flatMap((same) => {
    const ordered = same.sort(compareAccepted);
    return ordered.find(({ overlay }) => overlay === undefined) ?? ordered[0] ?? [];
  });

/** A finding before it is known where the events of its new places lie. */
export type DraftFinding = Omit<SameIdFinding, 'places'> & {
  readonly places: readonly (SeenPlace & Pick<SameIdPlace, 'cancelled'> & { readonly pointer?: ArchivePointer })[];
};

/**
 * What a sighting makes of a finding, or of none; `undefined` if there is nothing new to write. A place that was not known
 * opens a decided finding again: nobody decided about it.
 */
export const observed = (
  known: SameIdFinding | undefined,
  { idHash, accepted, cancelled }: Sighting,
  now: string,
): DraftFinding | undefined => {
  const before = new Map((known?.places ?? []).map((place) => [slotKey(place), place]));
  const added = perSlot(accepted).filter((place) => !before.has(slotKey(place)));
  const isCancelled = (place: SeenPlace): boolean =>
    cancelled.has(slotKey(place)) || before.get(slotKey(place))?.cancelled === true;
  const all = [...(known?.places ?? []), ...added]
    .map((place) => ({ ...place, cancelled: isCancelled(place) }))
    .sort(compareAccepted);
  const counting = all.filter((place) => !place.cancelled);
  if (known === undefined && counting.length < 2) return undefined;
  const places = all.length <= MAX_PLACES ? all : counting.slice(0, MAX_PLACES);
  const isCut = places.length < all.length || known?.cut === true;
  const isNew = added.some((place) => !isCancelled(place));
  const state = counting.length < 2 ? 'settled' : known === undefined || isNew ? 'open' : known.state;
  const same =
    known !== undefined &&
    state === known.state &&
    places.length === known.places.length &&
    places.every((place, n) => {
      const old = known.places[n];
      return old !== undefined && slotKey(old) === slotKey(place) && old.cancelled === place.cancelled;
    });
  if (same) return undefined;
  return {
    format: 1,
    findingId: idHash,
    revision: (known?.revision ?? 0) + 1,
    state,
    places,
    ...(isCut ? { cut: true } : {}),
    foundAt: known?.foundAt ?? now,
    decisions: known?.decisions ?? [],
  };
};

/** A finding after a decision. `first` waits until the others are seen to be cancelled. */
export const decided = (finding: SameIdFinding, decision: SameIdDecision): SameIdFinding => ({
  ...finding,
  revision: finding.revision + 1,
  state: decision.keep === 'all' ? 'settled' : 'cancelling',
  decisions: [...finding.decisions, decision],
});
