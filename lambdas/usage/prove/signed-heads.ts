import { type ChainHead, dayHeadsKey, readDayHeads } from '../walk/chain-heads.ts';
import { type LedgerRoot, rootFaults, rootKey, type SignedRoot } from '../walk/ledger-root.ts';
import type { WalkObjects } from '../walk/walk-objects.ts';

/** The bucket of proofs, for those who read it. */
export type Proofs = Pick<WalkObjects, 'read' | 'list'>;

const ROOTS = 'roots/';
const numberOf = (key: string): number => Number(/(\d+)\.json$/.exec(key)?.[1] ?? Number.NaN);

const rootAt = async (proofs: Proofs, number: number): Promise<LedgerRoot> =>
  (JSON.parse(Buffer.from(await proofs.read(rootKey(number))).toString('utf8')) as SignedRoot).root;

/** The newest signed root; `undefined` before the first nightly walk. */
export const newestRoot = async (proofs: Proofs): Promise<LedgerRoot | undefined> => {
  let newest: string | undefined;
  for await (const key of proofs.list(ROOTS)) newest = key;
  return newest === undefined ? undefined : rootAt(proofs, numberOf(newest));
};

/** Where the chains of a day ended when they were signed, by subject. */
export type SignedDay = ReadonlyMap<string, readonly ChainHead[]>;

/**
 * The chain heads of a day under a root, of one subject or all.
 * @throws {Error} if they are not what was signed.
 */
export const signedDay = async (
  proofs: Proofs,
  { days }: Pick<LedgerRoot, 'days'>,
  day: string,
  subject?: string,
): Promise<SignedDay> => {
  const found = days.find((each) => each.day === day);
  const heads = new Map<string, ChainHead[]>();
  if (found === undefined) return heads;
  for (const head of readDayHeads(await proofs.read(dayHeadsKey(found)), found)) {
    if (subject !== undefined && head.subject !== subject) continue;
    const own = heads.get(head.subject);
    if (own === undefined) heads.set(head.subject, [head]);
    else own.push(head);
  }
  return heads;
};

/** What a look at the signed roots found. */
export type RootsVerified = {
  readonly roots: number;
  /** What is wrong, in words; empty: every root is signed, follows the one before it, and is the root of its days. */
  readonly faults: readonly string[];
  readonly newest?: { readonly number: number; readonly at: string; readonly audit: LedgerRoot['audit'] };
  /** The root behind which the next page goes on. */
  readonly next?: string;
};

/** Roots looked at in one request. */
const ROOTS_PER_PAGE = 100;

/**
 * Verifies the signed roots behind a number (0: from the first one on).
 * @param publicKey the key that must have signed them: SPKI, DER
 */
export const verifyRoots = async (proofs: Proofs, publicKey: Uint8Array, after: number): Promise<RootsVerified> => {
  const trusted = { publicKey: Buffer.from(publicKey).toString('base64') };
  const faults: string[] = [];
  let before = after === 0 ? undefined : await rootAt(proofs, after);
  let roots = 0;
  for await (const key of proofs.list(ROOTS, after === 0 ? undefined : rootKey(after))) {
    if (roots === ROOTS_PER_PAGE && before !== undefined) return { roots, faults, next: String(before.number) };
    const signed = JSON.parse(Buffer.from(await proofs.read(key)).toString('utf8')) as SignedRoot;
    faults.push(...rootFaults(signed, before === undefined ? trusted : { ...trusted, before }));
    if (before === undefined && signed.root.number !== 1) faults.push(`the first root is number ${signed.root.number}`);
    before = signed.root;
    roots += 1;
  }
  if (before === undefined) return { roots, faults };
  return { roots, faults, newest: { number: before.number, at: before.at, audit: before.audit } };
};
