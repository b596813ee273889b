import { accountOf } from '../../catalog/attribution.ts';
import type { CatalogReader } from '../../catalog/types.ts';
import type { ArchivePointer, CanonicalUsage, Position } from '../types.ts';
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
  const read = upcast(event);
  const { kind, cancels } = correctionOf(event);
  return cancels === undefined
    ? { kind, event: read, idHash, bodyHash, slot, late, position, pointer }
    : { kind, event: read, idHash, bodyHash, slot, cancels, late, position, pointer };
};
