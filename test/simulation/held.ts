import { makeArchive } from '../../lambdas/usage/archive/archive.ts';
import { placeText } from '../../lambdas/usage/ledger/overlays.ts';
import type { Append, Backfill, Position, UsageEvent } from '../../lambdas/usage/types.ts';
import { daysOfUsage, STRANGER, SUBJECTS } from './company.ts';
import { cancelledBy, nameOf, type Part, partsOf } from './corrections.ts';
import type { Arrival } from './producers.ts';
import { fail } from './violation.ts';
import type { Twins } from './wiring.ts';

const DAY = 86_400_000;
const CLOCK_SKEW = 60_000;
/** What a body is told apart by: an event that is sent again with another time is another one, also within its slot. */
const bodyOf = ({ data, time, replaces }: UsageEvent): string => JSON.stringify([data, Date.parse(time), replaces]);

/** What must become of an arrival, conflicts apart: it is a line for the ledger, or in quarantine under a code. */
const fateOf = ({ sent, arrivedAt }: Arrival, horizonDays: number): string => {
  if (sent.event === undefined) return sent.expect;
  const { time, replacestime = time } = sent.event;
  for (const instant of [time, replacestime].map((text) => Date.parse(text))) {
    if (instant > arrivedAt + 300_000) return 'IN_FUTURE';
    if (arrivedAt - instant > horizonDays * DAY) return 'TOO_OLD';
  }
  return 'event';
};

/** A part of a line that the ledger holds, by its archive line, with the id hash that orders samples of one time. */
export type Held = {
  readonly part: Part;
  readonly event: UsageEvent;
  readonly idHash: string;
  /** Whether it is in the live ledger, or in what is fixed of a backfill (or was not fixed yet). */
  readonly isTaken: boolean;
};

/** What the ledger holds, by part, and the backfills as they stand. */
export type Holding = {
  readonly parts: ReadonlyMap<string, Held>;
  readonly backfills: ReadonlyMap<string, Backfill>;
  /** The position of every line in quarantine, with its code. */
  readonly quarantined: ReadonlyMap<string, string>;
};

/** A position as one text. */
export const positionText = ({ stream, shard, sequence, index }: Position): string =>
  `${stream}/${shard}/${sequence}/${index}`;

/** Every line is in the archive as it was sent. */
const checkArchive = async (twins: Twins, sentAt: ReadonlyMap<string, Arrival>): Promise<void> => {
  const archive = makeArchive(twins.objects);
  const archived = new Set<string>();
  for (const key of twins.objects.objects.keys()) {
    for (const { position, line, encoding } of await archive.read(key)) {
      const place = positionText(position);
      const sent = sentAt.get(place)?.sent;
      if (sent === undefined || !Buffer.from(line, encoding).equals(Buffer.from(sent.bytes))) {
        fail(`the archive holds another line at ${place} than was sent`);
      }
      archived.add(place);
    }
  }
  if (archived.size !== sentAt.size) fail(`${sentAt.size - archived.size} lines are not in the archive`);
};

const isTaken = async ({ slot, version }: Append, twins: Twins, backfill: Backfill | undefined): Promise<boolean> => {
  if (backfill?.sealed === undefined) return true;
  const place = { backfill: backfill.backfillId, subject: slot.subject, day: slot.start.slice(0, 10) };
  const pinned = (await twins.backfills.pinned([place])).get(placeText(place));
  return version <= (pinned?.[slot.start] ?? 0);
};

/** Every id is in its chain once, and leads to the line it was taken from. */
const readParts = async (
  twins: Twins,
  sentAt: ReadonlyMap<string, Arrival>,
  backfills: ReadonlyMap<string, Backfill>,
): Promise<ReadonlyMap<string, Held>> => {
  const archive = makeArchive(twins.objects);
  const parts = new Map<string, Held>();
  const take = async (append: Append): Promise<void> => {
    const { slot, ids, pointers, cancels = [] } = append;
    for (const [n, { idHash }] of ids.entries()) {
      const pointer = pointers[n] ?? fail('an id has no pointer');
      const found = await archive.line(pointer).catch(() => fail(`${pointer.key} lacks line ${pointer.line}`));
      const { sent } = sentAt.get(positionText(found.position)) ?? fail('a pointer leads to what nobody sent');
      const event = sent.event ?? fail('the ledger holds a line that is no event');
      const here = (part: Part) => part.slot === `${slot.subject}#${slot.start}` && part.backfill === slot.overlay;
      const part = partsOf(event).find(here) ?? fail(`${event.id} is in the chain ${slot.start}~${slot.overlay}`);
      if (parts.has(part.key)) fail(`${part.key} is in the ledger twice`);
      if (part.isUsage === cancels.some(({ line, alone }) => alone && line === n)) fail(`${part.key} is not alone`);
      const taken = await isTaken(append, twins, backfills.get(slot.overlay ?? ''));
      parts.set(part.key, { part, event, idHash, isTaken: taken });
    }
  };
  for (const subject of [...SUBJECTS, STRANGER]) {
    for (const day of daysOfUsage()) {
      const { appends, overlays } = await twins.ledger.day(subject, day);
      for (const append of [...appends, ...overlays]) await take(append);
    }
  }
  return parts;
};

/** What may become of a line of a backfill depends on how that stood when it was looked at. */
const checkBackfilled = (
  { position, sent, arrivedAt }: Arrival,
  event: UsageEvent,
  { parts, backfills, quarantined }: Holding,
): void => {
  const code = quarantined.get(position);
  const backfill = backfills.get(event.backfill ?? '');
  const held = partsOf(event).map(({ key }) => parts.get(key));
  const isHeld = held.every((part) => part?.isTaken === true && bodyOf(part.event) === bodyOf(event));
  // What is refused is no usage: of a replacement across slots at most the part that cancels is fixed.
  const isUsed = held.some(
    (part) => part?.isTaken === true && part.part.isUsage && bodyOf(part.event) === bodyOf(event),
  );
  const isOther = held.some((part) => part !== undefined && bodyOf(part.event) !== bodyOf(event));
  const unknown = backfill === undefined || arrivedAt <= Date.parse(backfill.opened.at) + CLOCK_SKEW;
  const isRight =
    (code === undefined && isHeld) ||
    (code === 'CONFLICT' && isOther) ||
    (code === 'UNKNOWN_BACKFILL' && unknown) ||
    (code === 'BACKFILL_NOT_OPEN' && !isHeld && !isUsed && backfill !== undefined && backfill.state !== 'open');
  if (!isRight) fail(`${position} (${sent.event?.id}) is ${code ?? 'not in quarantine'}, held: ${isHeld}`);
};

/** Each position is counted, a duplicate of what is counted, or in quarantine for the right reason: never two of them. */
const checkFates = (arrivals: readonly Arrival[], holding: Holding, horizonDays: number): void => {
  const { parts, quarantined } = holding;
  const wanted = new Set<string>();
  for (const arrival of arrivals) {
    const fate = fateOf(arrival, horizonDays);
    const { event } = arrival.sent;
    const code = quarantined.get(arrival.position);
    if (fate !== 'event' || event === undefined) {
      if (code !== fate) fail(`${arrival.position} must be in quarantine as ${fate}, and is as ${code}`);
      continue;
    }
    if (event.backfill !== undefined) {
      checkBackfilled(arrival, event, holding);
      continue;
    }
    const [own = '', ...others] = partsOf(event).map(({ key }) => key);
    const stands = bodyOf((parts.get(own) ?? fail(`${own} was lost`)).event) === bodyOf(event);
    // Its own chain decides; of a line that it refuses nothing lies elsewhere.
    for (const key of stands ? [own, ...others] : [own]) {
      wanted.add(key);
      if (!parts.has(key)) fail(`${key} was lost`);
    }
    if (code !== (stands ? undefined : 'CONFLICT')) fail(`${arrival.position} is in quarantine as ${code}`);
  }
  const live = [...parts.values()].filter(({ part }) => part.backfill === undefined);
  if (wanted.size !== live.length) fail('the ledger holds an event that should not be there');
  const known = new Set(arrivals.map(({ position }) => position));
  for (const place of quarantined.keys()) if (!known.has(place)) fail(`nobody sent what is in quarantine at ${place}`);
};

/** Reads what is durable, and checks that every line became what it must. */
export const readHolding = async (
  twins: Twins,
  arrivals: readonly Arrival[],
  horizonDays: number,
): Promise<Holding> => {
  const sentAt = new Map(arrivals.map((arrival) => [arrival.position, arrival]));
  await checkArchive(twins, sentAt);
  const { items } = await twins.backfills.list(100);
  const backfills = new Map(items.map((backfill) => [backfill.backfillId, backfill]));
  const quarantined = new Map<string, string>();
  for (const { position, code } of twins.quarantine.entries.values()) {
    const place = positionText(position);
    const other = quarantined.get(place);
    // How a backfill stands changes between two deliveries of a line: it is told then as both.
    const isBoth = other?.includes('BACKFILL') === true || code.includes('BACKFILL');
    if (other !== undefined && !isBoth) fail(`${place} is in quarantine as ${code} and as ${other}`);
    quarantined.set(place, code);
  }
  const holding = { parts: await readParts(twins, sentAt, backfills), backfills, quarantined };
  checkFates(arrivals, holding, horizonDays);
  return holding;
};

/**
 * The usage that counts. Layers are the live ledger and over it the closed backfills in the order of their closing: an
 * event counts where it is first, and not at all if a line of any layer cancels it, whichever of the two came first.
 */
export const counting = ({ parts, backfills }: Holding): Held[] => {
  const rankOf = ({ part }: Held): string | undefined => {
    if (part.backfill === undefined) return '';
    const { state, closed } = backfills.get(part.backfill) ?? {};
    return state === 'closed' && closed !== undefined ? `${closed.at}#${part.backfill}` : undefined;
  };
  const layered = [...parts.values()]
    .filter(({ isTaken: taken }) => taken)
    .flatMap((held) => {
      const rank = rankOf(held);
      return rank === undefined ? [] : [{ held, rank }];
    })
    .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
  const cancelled = new Set<string>();
  for (const { held } of layered) {
    const target = cancelledBy(held.event);
    // A replacement across slots cancels by its part there.
    if (target?.slot === held.part.slot) cancelled.add(`${target.slot} ${target.name}`);
  }
  const first = new Map<string, Held>();
  for (const { held } of layered) {
    const name = `${held.part.slot} ${nameOf(held.event)}`;
    if (held.part.isUsage && !first.has(name)) first.set(name, held);
  }
  return [...first].flatMap(([name, held]) => (cancelled.has(name) ? [] : [held]));
};
