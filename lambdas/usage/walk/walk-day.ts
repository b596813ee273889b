import { brokenLink, FIRST_HASH } from '../ledger/chain.ts';
import type { LedgerItem } from '../ledger/ledger-item.ts';
import { chainName } from '../ledger/slot.ts';
import type { Append } from '../types.ts';
import type { ChainHead } from './chain-heads.ts';
import type { BrokenChain } from './walk-state.ts';

/** An append with the item it was read from. */
export type StoredAppend = { readonly item: LedgerItem; readonly append: Append };

/** What is known of a subject's day before it is walked. */
export type KnownDay = {
  readonly subject: string;
  /** Heads of its chains at the last walk. */
  readonly heads: readonly ChainHead[];
  /** Chain name → version, as it is settled; an overlay counts, and is walked, when it is among these. */
  readonly settled: Readonly<Record<string, number>>;
};

/** What a walk over a day found. */
export type WalkedDay = {
  /** Heads of the chains that went on, in order. */
  readonly heads: readonly ChainHead[];
  readonly broken: readonly BrokenChain[];
};

/** A chain while its appends come by. */
type Chain = { head: ChainHead; broken?: BrokenChain };

/**
 * Goes through a day's appends once, in order of slot, chain and version, page by page: verifies every chain from its first
 * append on and against its last known head, and hands on what is new. Of a broken chain, what comes after the break is not
 * taken and its head stays where it was whole: it is found again by every walk until it is mended. A chain that ends before
 * its known head or its settled version was cut off.
 */
export const dayWalker = ({ subject, heads, settled }: KnownDay, take: (stored: StoredAppend) => void) => {
  const known = new Map(heads.map((head) => [chainName(head), head]));
  const chains = new Map<string, Chain>();
  const isCounted = ({ slot, version }: Append): boolean =>
    slot.overlay === undefined ||
    version <= Math.max(settled[chainName(slot)] ?? 0, known.get(chainName(slot))?.version ?? 0);

  const add = (stored: StoredAppend): void => {
    const { append } = stored;
    const { slot, version, hash } = append;
    if (!isCounted(append)) return;
    const name = chainName(slot);
    const chain: Chain = chains.get(name) ?? { head: { ...slot, version: 0, hash: FIRST_HASH } };
    chains.set(name, chain);
    if (chain.broken !== undefined) return;
    const link = brokenLink(append, chain.head);
    const before = known.get(name);
    if (link !== undefined) chain.broken = { ...slot, ...link };
    else if (version === before?.version && hash !== before.hash) {
      const message = 'the chain is whole in itself, but its append is not the one that was signed';
      chain.broken = { ...slot, version, reason: 'CHANGED', message };
    } else {
      chain.head = { ...slot, version, hash };
      if (version > (before?.version ?? 0)) take(stored);
    }
  };

  const end = (): WalkedDay => {
    const went = [...chains.entries()].filter(([name, { head }]) => head.version > (known.get(name)?.version ?? 0));
    const broken = [...chains.values()].flatMap((chain) => chain.broken ?? []);
    for (const name of new Set([...known.keys(), ...Object.keys(settled)])) {
      const chain = chains.get(name);
      if (chain?.broken !== undefined) continue;
      const version = Math.max(known.get(name)?.version ?? 0, settled[name] ?? 0);
      const ends = chain?.head.version ?? 0;
      if (ends >= version) continue;
      const [start = '', overlay] = name.split('~');
      const message = `the chain was seen at version ${version}, and ends at ${ends}`;
      broken.push({ subject, start, ...(overlay === undefined ? {} : { overlay }), version, reason: 'CUT', message });
    }
    const inOrder = went.sort(([a], [b]) => (a < b ? -1 : 1));
    return { heads: inOrder.map(([, { head }]) => head), broken };
  };
  return { add, end };
};
