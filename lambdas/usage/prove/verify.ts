import { mapBounded } from '../../platform/bounded.ts';
import { type BrokenLink, chainsOf, firstBrokenLink } from '../ledger/chain.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { chainName, daysFrom, shiftDay } from '../ledger/slot.ts';
import type { SettledHead } from '../settle/settled-item.ts';
import type { SettledStore } from '../settle/settled-store.ts';
import type { Append } from '../types.ts';
import type { ChainHead } from '../walk/chain-heads.ts';
import type { SignedDay } from './signed-heads.ts';
import type { DayPlace, DayRange } from './stretches.ts';

/** A chain that is not whole. `overlay` if it is the chain of a backfill. */
export type BrokenChain = BrokenLink & { readonly subject: string; readonly start: string; readonly overlay?: string };

/** What a verification looked at and found. */
export type LedgerVerification = {
  readonly slots: number;
  readonly appends: number;
  readonly broken: readonly BrokenChain[];
};

/** What verifying needs. `signed`: where the chains of a day ended at the newest signed root; absent: none was signed yet. */
export type VerifyPorts = {
  readonly ledger: Pick<LedgerStore, 'day'>;
  readonly settled: Pick<SettledStore, 'heads'>;
  readonly signed?: ((day: string) => Promise<SignedDay>) | undefined;
};

const SUBJECTS_AT_A_TIME = 16;

/** A chain that must reach a version, and who says so; with a hash: by that append. */
type Claim = { readonly chain: string; readonly version: number; readonly hash?: string; readonly by: string };

const claimsOf = (head: SettledHead | undefined, signed: readonly ChainHead[]): Claim[] => [
  ...Object.entries(head?.versions ?? {}).map(([chain, version]) => ({ chain, version, by: 'its settled day' })),
  ...signed.map((each) => ({ ...each, chain: chainName(each), by: 'a signed root' })),
];

/** What is wrong with a chain by a claim about it. */
const refuted = (chain: readonly Append[], { version, hash, by }: Claim): BrokenLink | undefined => {
  const end = chain.at(-1)?.version ?? 0;
  if (end < version) {
    return { version, reason: 'CUT', message: `by ${by} it had version ${version}, and it ends at ${end}` };
  }
  if (hash === undefined || chain.find((append) => append.version === version)?.hash === hash) return undefined;
  return { version, reason: 'HASH', message: `by ${by} its append ${version} was another one` };
};

/**
 * Verifies every chain of a subject's UTC day: each append is what was hashed, follows the one before, and none is missing
 * in between. A chain shows by itself nothing of what was cut off at its end, or of being made anew from its first append
 * on: the settled day says up to which version it was settled, and the signed root which append it ended with.
 */
const verifyDay = async (
  { ledger, settled }: VerifyPorts,
  subject: string,
  day: string,
  signed: readonly ChainHead[],
): Promise<LedgerVerification> => {
  // Settled days first: what they were made from is in the ledger by then.
  const { days } = await settled.heads(subject, day, shiftDay(day, 1));
  const { appends, overlays } = await ledger.day(subject, day);
  const chains = new Map(
    chainsOf([...appends, ...overlays]).map((chain) => [chainName({ start: '', ...chain[0]?.slot }), chain]),
  );
  const broken = new Map<string, BrokenChain>();
  const note = (name: string, link: BrokenLink | undefined): void => {
    const [start = '', overlay] = name.split('~');
    const slot = { subject, start, ...(overlay === undefined ? {} : { overlay }) };
    if (link !== undefined && !broken.has(name)) broken.set(name, { ...slot, ...link });
  };
  for (const [name, chain] of chains) note(name, firstBrokenLink(chain));
  for (const claim of claimsOf(days[0], signed)) note(claim.chain, refuted(chains.get(claim.chain) ?? [], claim));
  return { slots: chains.size, appends: appends.length + overlays.length, broken: [...broken.values()] };
};

const sumOf = (results: readonly LedgerVerification[]): LedgerVerification => ({
  slots: results.reduce((total, { slots }) => total + slots, 0),
  appends: results.reduce((total, { appends }) => total + appends, 0),
  broken: results.flatMap(({ broken }) => broken),
});

/** Verifies every chain of a subject from one UTC day to before another. */
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
 * Verifies as many days as there is time for, day by day, of every day as many subjects, at least a few. `next` is where
 * the next page goes on; absent when everything was verified. A subject that was signed is verified even if the registry
 * does not know it any more, unless one subject is asked for.
 */
export const verifyPage = async (
  ports: VerifyPorts,
  { subjects, start, end, after }: DayRange,
  isTimeUp: () => boolean,
): Promise<LedgerVerification & { readonly next?: DayPlace }> => {
  const results: LedgerVerification[] = [];
  for (const day of daysFrom(after?.day ?? start, end)) {
    const signed: SignedDay = (await ports.signed?.(day)) ?? new Map();
    const all = [...new Set([...subjects, ...signed.keys()])].sort();
    const open = all.filter((subject) => day !== after?.day || subject > after.subject);
    for (let n = 0; n < open.length; n += SUBJECTS_AT_A_TIME) {
      const some = open.slice(n, n + SUBJECTS_AT_A_TIME);
      results.push(
        ...(await mapBounded(some, SUBJECTS_AT_A_TIME, (subject) =>
          verifyDay(ports, subject, day, signed.get(subject) ?? []),
        )),
      );
      const isLast = n + SUBJECTS_AT_A_TIME >= open.length && shiftDay(day, 1) >= end;
      if (!isLast && isTimeUp()) return { ...sumOf(results), next: { subject: some.at(-1) ?? '', day } };
    }
  }
  return sumOf(results);
};
