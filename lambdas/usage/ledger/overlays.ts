/**
 * Overlays: the chains of backfills beside the live chains. What is in them counts only while the one status item of their
 * backfill says `closed`, and only up to the versions that were pinned when the backfill was sealed.
 */

/** How a backfill stands. `sealing`: its content is being fixed; nothing is decided about lines that come now. */
export type BackfillState = 'open' | 'sealing' | 'sealed' | 'closed' | 'reverted';

/** How a backfill stands, as far as readers and writers of the ledger must know. */
export type Overlay = {
  readonly backfill: string;
  readonly state: BackfillState;
  /** Whether its content is fixed: `pinned` tells what it is. */
  readonly isFixed: boolean;
  /** When it was closed last. Of an event in two overlays the one that was closed first counts. */
  readonly closedAt?: string;
};

/** A UTC day of a subject that a backfill touches. */
export type OverlayPlace = { readonly backfill: string; readonly subject: string; readonly day: string };

/** One text per place, for maps. */
export const placeText = ({ backfill, subject, day }: OverlayPlace): string => `${backfill}#${day}#${subject}`;

/** What was fixed of a place: slot start → version of the overlay chain. Absent slots: nothing of them. */
export type PinnedVersions = Readonly<Record<string, number>>;

/** How backfills stand. Reads are strongly consistent. */
export type OverlayStatus = {
  /** Of each backfill how it stands; those that nobody opened are absent. */
  overlays(backfills: readonly string[]): Promise<ReadonlyMap<string, Overlay>>;
  /** What was fixed of places, by `placeText`; absent where nothing is fixed. It never changes once it is there. */
  pinned(places: readonly OverlayPlace[]): Promise<ReadonlyMap<string, PinnedVersions>>;
};

/** Where a writer notes, before the first append of an overlay to a day of a subject, that the backfill touches it. */
export type TouchedDays = { touch(place: OverlayPlace): Promise<void> };
