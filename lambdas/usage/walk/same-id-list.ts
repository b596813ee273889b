import type { Subjects } from '../ledger/subjects.ts';
import type { Findings } from './finding-store.ts';
import type { SameIdFinding, SeenPlace } from './same-id.ts';

/** A page of all findings that are not settled; `next`: where the next one goes on. */
export type UnsettledPage = { readonly findings: readonly SameIdFinding[]; readonly next?: string };

type Place = Pick<SeenPlace, 'subject' | 'start'>;

/** Slots of all times that the ledger can have. */
const ALWAYS = { from: '0000', to: '9999' };

/** Where a page ended, as text: no subject has a `#`, and its place has. */
const placeOf = (after: string | undefined): { readonly subject: string; readonly place?: string } => {
  const [subject = '', ...place] = (after ?? '').split('#');
  return place.length === 0 ? { subject } : { subject, place: place.join('#') };
};

/**
 * The findings that are not settled, subject by subject and slot by slot, each at the first of its places; looks at so
 * many places at most, so a page may be empty and yet have a `next`. `within`: only those with a place in these slots.
 */
export const unsettledPage = async (
  {
    findings,
    subjects,
  }: { readonly findings: Pick<Findings, 'unsettledOf'>; readonly subjects: Pick<Subjects, 'list'> },
  {
    limit,
    after,
    within = ALWAYS,
  }: { readonly limit: number; readonly after?: string | undefined; readonly within?: typeof ALWAYS },
): Promise<UnsettledPage> => {
  const from = placeOf(after);
  const open = (await subjects.list()).map(({ subject }) => subject).filter((subject) => subject >= from.subject);
  const found: SameIdFinding[] = [];
  let looked = 0;
  for (const [n, subject] of open.entries()) {
    let place = subject === from.subject ? from.place : undefined;
    do {
      const page = await findings.unsettledOf(subject, within, limit, place);
      looked += page.placed.length;
      for (const { start, finding } of page.placed) {
        if (isFirst({ subject, start }, finding, within)) found.push(finding);
      }
      place = page.next;
      if (looked >= limit && place !== undefined) return { findings: found, next: `${subject}#${place}` };
    } while (place !== undefined);
    const next = open[n + 1];
    if (looked >= limit && next !== undefined) return { findings: found, next };
  }
  return { findings: found };
};

/** Whether a place is the first of a finding within some slots, in the order in which they are looked at. */
const isFirst = (place: Place, { places }: SameIdFinding, { from, to }: typeof ALWAYS): boolean =>
  places.every(({ subject, start }) => {
    if (start < from || start >= to) return true;
    return subject === place.subject ? start >= place.start : subject > place.subject;
  });
