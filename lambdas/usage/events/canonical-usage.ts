import { accountOf } from '../../catalog/attribution.ts';
import type { CatalogReader } from '../../catalog/types.ts';
import type { ArchivePointer, CanonicalUsage, Position, UsageEvent } from '../types.ts';
import { correctionOf, slotOfEvent } from './corrections.ts';
import { HOUR, slotStart } from './event-time.ts';
import { upcast } from './upcasters.ts';
import type { Verdict } from './validate.ts';

/** What ingest knows of who an event belongs to. */
export type Stamp = NonNullable<CanonicalUsage['stamp']>;

/** Finds the stamp of a subject at a time; `undefined` for a subject that nobody owns yet. */
export type Stamper = (subject: string, time: string) => Promise<Stamp | undefined>;

/**
 * Stamps from the catalog. Attribution changes on slot edges only, so what was found is kept per subject and slot for
 * the life of the stamper: make one per batch.
 */
export const catalogStamper = (catalog: CatalogReader): Stamper => {
  const known = new Map<string, Promise<Stamp | undefined>>();
  const find = async (subject: string, effectiveAt: string): Promise<Stamp | undefined> => {
    const id = await accountOf(catalog, subject, effectiveAt);
    const account = id === undefined ? undefined : await catalog.get('account', id, { effectiveAt });
    return account && { account: account.id, plan: account.body.plan, salesRegion: account.body.salesRegion };
  };
  return (subject, time) => {
    const slot = slotStart(time);
    const key = `${slot}#${subject}`;
    const found = known.get(key) ?? find(subject, slot);
    known.set(key, found);
    return found;
  };
};

/** Texts that come with nearly every event; each is held once. No more than a producer has kinds of events. */
const MOST_SHARED = 1_000;
const shared = new Map<string, string>();
const share = (text: string): string => {
  const known = shared.get(text);
  if (known !== undefined) return known;
  if (shared.size === MOST_SHARED) shared.clear();
  shared.set(text, text);
  return text;
};

/**
 * An event with the attributes that the ledger knows. A batch of tens of thousands of events is held until it is appended:
 * extensions that nobody looks at and equal texts in each of them would be most of what that takes.
 */
const lean = ({ id, source, type, time, dataschema, data }: UsageEvent, subject: string): UsageEvent => ({
  specversion: '1.0',
  source: share(source),
  id,
  type: share(type),
  subject,
  time,
  dataschema: share(dataschema),
  data,
});

/** What validation found out of a good line. */
type Valid = Pick<Extract<Verdict, { ok: true }>, 'event' | 'idHash' | 'bodyHash' | 'delayMillis'>;

/**
 * A validated event as the ledger takes it, without its stamp. It is late if it was recorded (or, where the producer does
 * not say, received) more than so many hours after it happened: measured against recording, because a replay of an old
 * month is not late usage.
 */
export const canonicalUsage = (
  { event, idHash, bodyHash, delayMillis }: Valid,
  { position, pointer }: { readonly position: Position; readonly pointer: ArchivePointer },
  lateAfterHours: number,
): CanonicalUsage => {
  const late = delayMillis > lateAfterHours * HOUR;
  const slot = slotOfEvent(event, event.time);
  const { kind, cancels } = correctionOf(event);
  const read = upcast(event);
  // Corrections and released lines are few, and kept whole.
  const isUsual = cancels === undefined && slot.overlay === undefined && event.releasedfrom === undefined;
  return isUsual
    ? { kind, event: lean(read, slot.subject), idHash, bodyHash, slot, late, position, pointer }
    : { kind, event: read, idHash, bodyHash, slot, ...(cancels && { cancels }), late, position, pointer };
};
