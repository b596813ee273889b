import { ENTRY_SHAPES, PROPOSED_ENTRY } from './entry-shapes.ts';
import { lookupOver } from './lookup.ts';
import { mappingFlaws } from './mapping-rules.ts';
import { type Flaw, list } from './shape.ts';
import { isSlotEdge } from './slot-edges.ts';
import type { CatalogEntry, ProposedEntry } from './types.ts';
import { type KnownNames, referenceFlaws } from './validate-references.ts';

/** Entries that may be published, or every flaw that stands against them (paths start at the list). */
export type Validated =
  | { readonly ok: true; readonly entries: readonly ProposedEntry[] }
  | { readonly ok: false; readonly flaws: readonly Flaw[] };

/**
 * Checks proposed entries: first the shape of each, then (only if all have one) times, references, price steps.
 * @param published every version of every kind, to resolve references that are not proposed here.
 */
export const validateEntries = (
  proposed: unknown,
  published: readonly CatalogEntry[],
  known: KnownNames,
): Validated => {
  const outer = list(PROPOSED_ENTRY, 1)(proposed, '/entries');
  if (outer.length > 0) return { ok: false, flaws: outer };
  const entries = proposed as readonly ProposedEntry[];

  const shapes = entries.flatMap((entry, n) => ENTRY_SHAPES[entry.kind](entry.body, `/entries/${n}/body`));
  if (shapes.length > 0) return { ok: false, flaws: shapes };

  const lookup = lookupOver(entries, published);
  const flaws = entries.flatMap((entry, n) => [
    ...ownFlaws(entry, `/entries/${n}`),
    ...repeats(entries, n),
    ...referenceFlaws(entry, lookup, known).map((flaw) => ({ ...flaw, path: `/entries/${n}/body${flaw.path}` })),
  ]);
  return flaws.length > 0 ? { ok: false, flaws } : { ok: true, entries };
};

const ownFlaws = (entry: ProposedEntry, path: string): Flaw[] => {
  const flaws: Flaw[] = [];
  const named = 'subject' in entry.body ? entry.body.subject : entry.body.id;
  if (named !== entry.id) {
    flaws.push({ path: `${path}/id`, message: `is "${entry.id}", but the body says "${named}"` });
  }
  if (Number.isNaN(Date.parse(entry.effectiveFrom))) {
    flaws.push({ path: `${path}/effectiveFrom`, message: `"${entry.effectiveFrom}" is not an instant` });
  } else if (!isSlotEdge(entry.effectiveFrom)) {
    flaws.push({
      path: `${path}/effectiveFrom`,
      message: `${entry.effectiveFrom} lies inside a 15-minute slot; take effect at :00, :15, :30 or :45`,
    });
  }
  if (entry.kind === 'mapping') {
    const found = mappingFlaws((entry as ProposedEntry<'mapping'>).body);
    flaws.push(...found.map((flaw) => ({ ...flaw, path: `${path}/body${flaw.path}` })));
  }
  return flaws;
};

const repeats = (entries: readonly ProposedEntry[], n: number): Flaw[] => {
  const entry = entries[n];
  const first = entries.findIndex(
    (other) => other.kind === entry?.kind && other.id === entry.id && other.effectiveFrom === entry.effectiveFrom,
  );
  return first < n ? [{ path: `/entries/${n}`, message: `is the same entry as /entries/${first}` }] : [];
};
