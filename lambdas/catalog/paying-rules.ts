import type { Lookup } from './lookup.ts';
import type { Flaw } from './shape.ts';
import type { Contract } from './types.ts';

/**
 * Who pays for whom: neither may come back to where it began. An account that covers itself would be charged twice; two
 * accounts that pay for each other would wait for each other's bill. Paths start at the contract.
 */
export const payingFlaws = (contract: Contract, effectiveFrom: string, lookup: Lookup): Flaw[] => {
  const { account, payer, covers = [] } = contract;
  const flaws: Flaw[] = covers.flatMap((child, n): Flaw[] => {
    const path = `/covers/${n}`;
    if (covers.indexOf(child) < n) return [{ path, message: `"${child}" stands twice: remove one` }];
    return child === account ? [{ path, message: `"${child}" is the account of the contract itself: remove it` }] : [];
  });
  const others = lookup
    .bodies('contract', effectiveFrom)
    .filter((other) => other.id !== contract.id && (other.end === undefined || other.end > contract.start));

  const payers = new Map<string, Set<string>>();
  const covered = new Map<string, Set<string>>();
  for (const other of others) {
    if (other.payer !== other.account) link(payers, other.account, other.payer);
    for (const child of other.covers ?? []) link(covered, other.account, child);
  }
  if (payer !== account && reaches(payers, payer, account)) {
    const message = `"${payer}" is itself paid for by "${account}", by another contract: nobody would pay`;
    flaws.push({ path: '/payer', message });
  }
  covers.forEach((child, n) => {
    if (child !== account && reaches(covered, child, account)) {
      const message = `a contract of "${child}" covers "${account}" already: usage would be priced twice`;
      flaws.push({ path: `/covers/${n}`, message });
    }
  });
  return flaws;
};

/** Whether an account's parents come back to it. `parent` is what the account would have. */
export const isOwnAncestor = (
  account: string,
  parent: string,
  parentOf: (id: string) => string | undefined,
): boolean => {
  const seen = new Set<string>();
  for (let at: string | undefined = parent; at !== undefined && !seen.has(at); at = parentOf(at)) {
    if (at === account) return true;
    seen.add(at);
  }
  return false;
};

const link = (links: Map<string, Set<string>>, from: string, to: string): void => {
  const known = links.get(from);
  if (known === undefined) links.set(from, new Set([to]));
  else known.add(to);
};

const reaches = (links: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean => {
  const seen = new Set<string>([from]);
  // A set is walked in the order of insertion, also what is added on the way.
  for (const at of seen) {
    if (at === to) return true;
    for (const next of links.get(at) ?? []) seen.add(next);
  }
  return false;
};
