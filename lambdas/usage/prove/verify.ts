import { mapBounded } from '../../platform/bounded.ts';
import { type BrokenLink, chainsOf, firstBrokenLink } from '../ledger/chain.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import type { SettledHead } from '../settle/settled-item.ts';
import type { SettledStore } from '../settle/settled-store.ts';
import { type DayPlace, type DayRange, stretches } from './stretches.ts';

/** A chain that is not whole. `overlay` if it is the chain of a backfill. */
export type BrokenChain = BrokenLink & { readonly subject: string; readonly start: string; readonly overlay?: string };

/** What a verification looked at and found. */
export type LedgerVerification = {
  readonly slots: number;
  readonly appends: number;
  readonly broken: readonly BrokenChain[];
};

/** What verifying needs. */
export type VerifyPorts = { readonly ledger: LedgerStore; readonly settled: Pick<SettledStore, 'heads'> };

const DAYS_AT_A_TIME = 16;

/** How a settled day names a chain: the start of its slot, and for an overlay its backfill. */
const nameOf = (start: string, overlay: string | undefined): string =>
  overlay === undefined ? start : `${start}~${overlay}`;

/**
 * Verifies every chain of a subject's UTC day: each append is what was hashed, follows the one before, and none is missing
 * in between. A chain shows by itself nothing of what was cut off at its end; the settled day does, since it says up to
 * which version each chain was settled. What came after the last settle, and what was cut off in both places, only a
 * signed root can show.
 */
const verifyDay = async (
  { ledger }: VerifyPorts,
  subject: string,
  day: string,
  head: SettledHead | undefined,
): Promise<LedgerVerification> => {
  const { appends, overlays } = await ledger.day(subject, day);
  const chains = chainsOf([...appends, ...overlays]);
  const ends = new Map<string, number>();
  const broken: BrokenChain[] = [];
  for (const chain of chains) {
    const [slot, link] = [chain[0]?.slot, firstBrokenLink(chain)];
    if (slot === undefined) continue;
    ends.set(nameOf(slot.start, slot.overlay), chain.at(-1)?.version ?? 0);
    if (link !== undefined) broken.push({ ...slot, ...link });
  }
  for (const [name, version] of Object.entries(head?.versions ?? {})) {
    const end = ends.get(name) ?? 0;
    if (end >= version) continue;
    const [start = '', overlay] = name.split('~');
    const message = `it was settled at version ${version}, and ends at ${end}`;
    broken.push({ subject, start, ...(overlay === undefined ? {} : { overlay }), version, reason: 'CUT', message });
  }
  return { slots: chains.length, appends: appends.length + overlays.length, broken };
};

const sumOf = (results: readonly LedgerVerification[]): LedgerVerification => ({
  slots: results.reduce((total, { slots }) => total + slots, 0),
  appends: results.reduce((total, { appends }) => total + appends, 0),
  broken: results.flatMap(({ broken }) => broken),
});

/** Verifies every chain of a subject from one UTC day to before another; holds a few days at a time. */
export const verifyLedger = async (
  ports: VerifyPorts,
  subject: string,
  start: string,
  end: string,
): Promise<LedgerVerification> => {
  const { next: _, ...found } = await verifyPage(ports, { subjects: [subject], start, end }, () => false);
  return found;
};

/**
 * Verifies as many days of as many subjects as there is time for, at least a few. `next` is where the next page goes on;
 * absent when everything was verified.
 */
export const verifyPage = async (
  ports: VerifyPorts,
  range: DayRange,
  isTimeUp: () => boolean,
): Promise<LedgerVerification & { readonly next?: DayPlace }> => {
  const results: LedgerVerification[] = [];
  for (const { subject, days, start, end, place, isLast } of stretches(range, DAYS_AT_A_TIME)) {
    // Settled days first: what they were made from is in the ledger by then.
    const settled = await ports.settled.heads(subject, start, end);
    const heads = new Map(settled.days.map((head) => [head.day, head]));
    results.push(...(await mapBounded(days, DAYS_AT_A_TIME, (day) => verifyDay(ports, subject, day, heads.get(day)))));
    if (!isLast && isTimeUp()) return { ...sumOf(results), next: place };
  }
  return sumOf(results);
};
