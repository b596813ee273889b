import { createPublicKey, verify } from 'node:crypto';
import { canonicalJson } from '../../platform/canonical-json.ts';
import { contentHash } from '../../platform/hash.ts';
import { chainName, utcDay } from '../ledger/slot.ts';
import { type ChainHead, type DayHeads, headLine } from './chain-heads.ts';
import { inclusionPath, leafHash, merkleRoot, rootByPath } from './merkle.ts';

/** What stood at an instant: every chain of the ledger that was walked, and the audit log, under one hash. */
export type LedgerRoot = {
  readonly format: 1;
  /** 1, 2, 3, ... */
  readonly number: number;
  readonly walkId: string;
  readonly at: string;
  /** Content hash of the root before; 64 zeros for the first. */
  readonly previous: string;
  /** The days that have chains, in order. */
  readonly days: readonly DayHeads[];
  /** The newest entry of the audit log; sequence 0 if it was empty. */
  readonly audit: { readonly sequence: number; readonly hash: string };
  /** Merkle root over the roots of the days and the audit log's head. */
  readonly root: string;
};

/** A root as it is kept, under Object Lock. */
export type SignedRoot = {
  readonly root: LedgerRoot;
  /** ECDSA over P-256 and SHA-256 of the root's canonical JSON: DER, base64. */
  readonly signature: string;
  /** The key that verifies it: DER (SPKI), base64. Who doubts it asks KMS for the key. */
  readonly publicKey: string;
};

/** Signs a message by ECDSA over P-256 and SHA-256; signature and public key (SPKI) are DER. */
export type RootSigner = {
  sign(message: Uint8Array): Promise<Uint8Array>;
  publicKey(): Promise<Uint8Array>;
};

/** What the first root names as its predecessor. */
export const NO_ROOT = '0'.repeat(64);

/** Where a root lies in the bucket of proofs. */
export const rootKey = (number: number): string => `roots/${String(number).padStart(8, '0')}.json`;

/** The text of a day's leaf. Which file its heads lie in is not part of it: they are what the day's root is over. */
const dayLine = ({ day, count, root }: DayHeads): string => canonicalJson({ day, count, root });

const leavesOf = ({ days, audit }: Pick<LedgerRoot, 'days' | 'audit'>): Buffer[] =>
  [...days.map(dayLine), canonicalJson({ audit })].map(leafHash);

/** The root over days (in order) and audit log. */
export const rootOf = (parts: Pick<LedgerRoot, 'days' | 'audit'>): string =>
  merkleRoot(leavesOf(parts)).toString('hex');

/** The hash by which the next root names this one. */
export const rootHash = (root: LedgerRoot): string => contentHash(root);

const messageOf = (root: LedgerRoot): Buffer => Buffer.from(canonicalJson(root));

/** Signs a root. */
export const signRoot = async (signer: RootSigner, root: LedgerRoot): Promise<SignedRoot> => ({
  root,
  signature: Buffer.from(await signer.sign(messageOf(root))).toString('base64'),
  publicKey: Buffer.from(await signer.publicKey()).toString('base64'),
});

/**
 * What is wrong with a signed root, in words; empty: nothing. `publicKey` (DER, base64) is the key to be trusted; without it
 * the root's own, which shows only that whoever has that key signed it. `before` is the root before it, if it is at hand.
 */
export const rootFaults = (
  { root, signature, publicKey: own }: SignedRoot,
  { publicKey = own, before }: { readonly publicKey?: string; readonly before?: LedgerRoot } = {},
): string[] => {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  const isSigned = verify('sha256', messageOf(root), key, Buffer.from(signature, 'base64'));
  const follows = before === undefined || (root.previous === rootHash(before) && root.number === before.number + 1);
  return [
    ...(isSigned ? [] : [`root ${root.number} was not signed by this key, or was changed since`]),
    ...(rootOf(root) === root.root ? [] : [`root ${root.number} is not the root of the days that it lists`]),
    ...(follows ? [] : [`root ${root.number} does not follow root ${before?.number}`]),
    ...(root.number === 1 && root.previous !== NO_ROOT ? ['root 1 names a root before it'] : []),
  ];
};

/** That one chain ended so, shown without any other chain: what an auditor is given. */
export type InclusionProof = {
  readonly head: ChainHead;
  readonly day: DayHeads;
  /** Place of the head among the heads of its day, and the hashes that lead to the day's root (hex). */
  readonly index: number;
  readonly path: readonly string[];
  /** Place of the day among the leaves of the root, how many those are, and the hashes that lead to it. */
  readonly dayIndex: number;
  readonly leaves: number;
  readonly dayPath: readonly string[];
};

const hex = (hashes: readonly Uint8Array[]): string[] => hashes.map((hash) => Buffer.from(hash).toString('hex'));
const unhex = (hashes: readonly string[]): Buffer[] => hashes.map((hash) => Buffer.from(hash, 'hex'));

/**
 * Proves what a root says of a chain. `heads` are all heads of the chain's day, in order.
 * @returns `undefined` if the root says nothing of the chain.
 */
export const proveInclusion = (
  root: LedgerRoot,
  heads: Iterable<ChainHead>,
  chain: Pick<ChainHead, 'subject' | 'start' | 'overlay'>,
): InclusionProof | undefined => {
  const dayIndex = root.days.findIndex(({ day }) => day === utcDay(chain.start));
  const day = root.days[dayIndex];
  const hashes: Buffer[] = [];
  let found: { readonly head: ChainHead; readonly index: number } | undefined;
  for (const head of heads) {
    if (head.subject === chain.subject && chainName(head) === chainName(chain)) found = { head, index: hashes.length };
    hashes.push(leafHash(headLine(head)));
  }
  if (day === undefined || found === undefined) return undefined;
  return {
    ...found,
    day,
    path: hex(inclusionPath(hashes, found.index)),
    dayIndex,
    leaves: root.days.length + 1,
    dayPath: hex(inclusionPath(leavesOf(root), dayIndex)),
  };
};

/** Whether a proof leads from its head to a root (hex). Needs nothing but the proof and the signed root. */
export const isIncluded = (proof: InclusionProof, root: string): boolean => {
  const { head, day, index, path, dayIndex, leaves, dayPath } = proof;
  if (utcDay(head.start) !== day.day) return false;
  try {
    const dayRoot = rootByPath(leafHash(headLine(head)), index, day.count, unhex(path));
    if (dayRoot.toString('hex') !== day.root) return false;
    return rootByPath(leafHash(dayLine(day)), dayIndex, leaves, unhex(dayPath)).toString('hex') === root;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};
