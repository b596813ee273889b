import { accountOf } from '../../catalog/attribution.ts';
import type { CatalogReader } from '../../catalog/types.ts';
import type { ArchivePointer, CanonicalUsage, Position, UsageEvent } from '../types.ts';
import { correctionOf, slotOfEvent } from './corrections.ts';
import { HOUR, slotStart } from './event-time.ts';
import type { RegisteredSchema } from './schemas.ts';
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

/** The texts that all events of a registered schema have when they are read, held once for all of them. */
type Names = { readonly type: string; readonly dataschema: string };
const namesBySchema = new Map<RegisteredSchema, Names>();
const namesOf = (schema: RegisteredSchema, { type, dataschema }: UsageEvent): Names => {
  const known = namesBySchema.get(schema);
  if (known !== undefined) return known;
  const names = { type, dataschema };
  namesBySchema.set(schema, names);
  return names;
};

/** The source that was met last: nearly always the next one too. */
let lastSource = '';
const shareSource = (source: string): string => {
  if (source !== lastSource) lastSource = source;
  return lastSource;
};

/**
 * An event, upcast, with the attributes that the ledger knows. A batch of tens of thousands of events is held until it is
 * appended: extensions that nobody looks at and equal texts in each of them would be most of what that takes.
 */
const lean = (event: UsageEvent, schema: RegisteredSchema, subject: string): UsageEvent => {
  const { type, dataschema } = namesOf(schema, event);
  const { id, time, data } = event;
  return { specversion: '1.0', source: shareSource(event.source), id, type, subject, time, dataschema, data };
};

/** What validation found out of a good line. */
type Valid = Pick<Extract<Verdict, { ok: true }>, 'event' | 'schema' | 'idHash' | 'bodyHash' | 'delayMillis'>;

/**
 * A validated event as the ledger takes it, without its stamp. It is late if it was recorded (or, where the producer does
 * not say, received) more than so many hours after it happened: measured against recording, because a replay of an old
 * month is not late usage.
 */
export const canonicalUsage = (
  { event, schema, idHash, bodyHash, delayMillis }: Valid,
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
    ? { kind, event: lean(read, schema, slot.subject), idHash, bodyHash, slot, late, position, pointer }
    : { kind, event: read, idHash, bodyHash, slot, ...(cancels && { cancels }), late, position, pointer };
};
