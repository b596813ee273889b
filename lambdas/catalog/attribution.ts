import type { Interval } from '../platform/period.ts';
import type { Attribution, CatalogEntry, CatalogReader } from './types.ts';

/** A stretch of time in which a subject belonged to one account. Half open. `version` is the entry that says so. */
export type AttributedSpan = Interval & {
  readonly subject: string;
  readonly account: string;
  readonly version: number;
};

/** Attribution is for ever until a later entry says otherwise; this is "for ever". */
const FOREVER = '9999-12-31T00:00:00.000Z';

/**
 * The spans of one subject from its attribution entries, in order, without overlap. Pure. Of entries with the same
 * effective time the highest version counts.
 */
export const spansOf = (versions: readonly CatalogEntry<Attribution>[], knownAt?: string): AttributedSpan[] => {
  const starts = new Map<string, CatalogEntry<Attribution>>();
  for (const entry of versions) {
    if (knownAt !== undefined && entry.publishedAt > knownAt) continue;
    const other = starts.get(entry.effectiveFrom);
    if (other === undefined || entry.version > other.version) starts.set(entry.effectiveFrom, entry);
  }
  const ordered = [...starts.values()].sort((a, b) => (a.effectiveFrom < b.effectiveFrom ? -1 : 1));
  return ordered.map((entry, n) => ({
    subject: entry.body.subject,
    account: entry.body.account,
    version: entry.version,
    from: entry.effectiveFrom,
    to: ordered[n + 1]?.effectiveFrom ?? FOREVER,
  }));
};

const clip = (span: AttributedSpan, interval: Interval): AttributedSpan => {
  const startsBefore = span.from < interval.from;
  const endsAfter = span.to > interval.to;
  return { ...span, from: startsBefore ? interval.from : span.from, to: endsAfter ? interval.to : span.to };
};

const allSpans = async (catalog: CatalogReader, knownAt?: string): Promise<AttributedSpan[]> =>
  [...Map.groupBy(await catalog.history('attribution'), (entry) => entry.body.subject).values()].flatMap((versions) =>
    spansOf(versions, knownAt),
  );

/** The subjects of any account, from one read of the attribution: for whoever asks about many accounts. */
export const subjectsByAccount = async (
  catalog: CatalogReader,
  knownAt?: string,
): Promise<(account: string, interval: Interval) => AttributedSpan[]> => {
  const spans = Map.groupBy(await allSpans(catalog, knownAt), (span) => span.account);
  return (account, interval) =>
    (spans.get(account) ?? [])
      .map((span) => clip(span, interval))
      .filter((span) => span.from < span.to)
      .sort((a, b) => (a.subject === b.subject ? (a.from < b.from ? -1 : 1) : a.subject < b.subject ? -1 : 1));
};

/**
 * The subjects that belonged to an account in an interval, each with the part of the interval in which it did, ordered
 * by subject and time. With `knownAt`: as it was known then.
 */
export const subjectsOf = async (
  catalog: CatalogReader,
  account: string,
  interval: Interval,
  knownAt?: string,
): Promise<AttributedSpan[]> => (await subjectsByAccount(catalog, knownAt))(account, interval);

/** The account that a subject belongs to at an instant; `undefined` for a subject that nobody owns then. */
export const accountOf = async (
  catalog: CatalogReader,
  subject: string,
  instant: string,
  knownAt?: string,
): Promise<string | undefined> => {
  const entry = await catalog.get('attribution', subject, {
    effectiveAt: instant,
    ...(knownAt === undefined ? {} : { knownAt }),
  });
  return entry?.body.account;
};

/** The parts of an interval in which subjects belong to nobody, ordered by subject and time. */
export const unattributed = async (
  catalog: CatalogReader,
  subjects: readonly string[],
  interval: Interval,
): Promise<(Interval & { readonly subject: string })[]> => {
  const spans = Map.groupBy(await allSpans(catalog), (span) => span.subject);
  return [...new Set(subjects)].sort().flatMap((subject) => {
    const gaps: (Interval & { readonly subject: string })[] = [];
    let reached = interval.from;
    for (const span of (spans.get(subject) ?? []).map((each) => clip(each, interval))) {
      if (span.from >= span.to) continue;
      if (span.from > reached) gaps.push({ subject, from: reached, to: span.from });
      reached = span.to;
    }
    if (reached < interval.to) gaps.push({ subject, from: reached, to: interval.to });
    return gaps;
  });
};
