import { holdingAt } from './as-of.ts';
import type { CatalogBodies, CatalogEntry, CatalogKind, ProposedEntry } from './types.ts';

/** Finds what an entry refers to: among what is proposed with it, else among what is published. */
export type Lookup = {
  exists(kind: CatalogKind, id: string): boolean;
  ids(kind: CatalogKind): string[];
  /** The published versions of an id. */
  versions(kind: CatalogKind, id: string): { readonly version: number; readonly effectiveFrom: string }[];
  /** The body that would hold at an instant once everything proposed is published. */
  body<K extends CatalogKind>(kind: K, id: string, effectiveAt: string): CatalogBodies[K] | undefined;
  /** Every body of a kind that would hold then. */
  bodies<K extends CatalogKind>(kind: K, effectiveAt: string): CatalogBodies[K][];
  /** Every entry of a kind that would hold then or later, and whether it is only proposed. */
  holdingFrom<K extends CatalogKind>(
    kind: K,
    effectiveAt: string,
  ): { readonly effectiveFrom: string; readonly proposed: boolean; readonly body: CatalogBodies[K] }[];
};

/** The version of what is only proposed: it supersedes whatever is published from the same instant. */
const PROPOSED = Number.MAX_SAFE_INTEGER;

/** A lookup over proposed entries and the published histories of all kinds. */
export const lookupOver = (proposed: readonly ProposedEntry[], published: readonly CatalogEntry[]): Lookup => {
  const versions: CatalogEntry[] = [
    ...published,
    ...proposed.map((entry) => ({
      ...entry,
      version: PROPOSED,
      hash: '',
      publishedAt: '',
      proposedBy: '',
      publishedBy: '',
    })),
  ];
  const byKey = Map.groupBy(versions, (entry) => `${entry.kind} ${entry.id}`);
  const of = (kind: CatalogKind, id: string): readonly CatalogEntry[] => byKey.get(`${kind} ${id}`) ?? [];
  const ids = (kind: CatalogKind): string[] => [
    ...new Set(versions.filter((entry) => entry.kind === kind).map(({ id }) => id)),
  ];
  const body = <K extends CatalogKind>(kind: K, id: string, effectiveAt: string) =>
    holdingAt(of(kind, id), { effectiveAt })?.body as CatalogBodies[K] | undefined;
  return {
    exists: (kind, id) => of(kind, id).length > 0,
    ids,
    body,
    versions: (kind, id) => of(kind, id).filter(({ version }) => version !== PROPOSED),
    bodies: (kind, effectiveAt) => ids(kind).flatMap((id) => body(kind, id, effectiveAt) ?? []),
    holdingFrom: <K extends CatalogKind>(kind: K, effectiveAt: string) =>
      ids(kind).flatMap((id) => {
        // What holds at some instant from then on: at that instant itself, or at the beginning of a later version.
        const later = of(kind, id).flatMap(({ effectiveFrom }) => (effectiveFrom > effectiveAt ? [effectiveFrom] : []));
        return [...new Set([effectiveAt, ...later])].flatMap((at) => {
          const entry = holdingAt(of(kind, id), { effectiveAt: at });
          if (entry === undefined) return [];
          const { effectiveFrom, version } = entry;
          return [{ effectiveFrom, proposed: version === PROPOSED, body: entry.body as CatalogBodies[K] }];
        });
      }),
  };
};
