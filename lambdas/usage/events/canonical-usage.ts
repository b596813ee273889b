import { accountOf } from '../../catalog/attribution.ts';
import type { CatalogReader } from '../../catalog/types.ts';
import type { ArchivePointer, CanonicalUsage, Position, UsageEvent } from '../types.ts';
import { correctionOf, slotOfEvent } from './corrections.ts';
import { bodyHashOf, idHashOf } from './event-identity.ts';
import { HOUR, instantOf, slotStart } from './event-time.ts';
import { upcast } from './upcasters.ts';

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

/**
 * Whether an event is late: recorded (or, where the producer does not say, received) more than so many hours after it
 * happened. Measured against recording, because a replay of an old month is not late usage.
 */
export const isLate = (event: UsageEvent, receivedAt: string, lateAfterHours: number): boolean =>
  instantOf(event.recordedtime ?? receivedAt) - instantOf(event.time) > lateAfterHours * HOUR;

/** A validated event as the ledger takes it, without its stamp. */
export const canonicalUsage = (
  input: {
    readonly event: UsageEvent;
    /** The text of its body, where validation has written it already. */
    readonly bodyText?: string;
    readonly receivedAt: string;
    readonly position: Position;
    readonly pointer: ArchivePointer;
  },
  lateAfterHours: number,
): CanonicalUsage => {
  const { event, bodyText, position, pointer, receivedAt } = input;
  return {
    ...correctionOf(event),
    event: upcast(event),
    idHash: idHashOf(event),
    bodyHash: bodyHashOf(event, bodyText),
    slot: slotOfEvent(event, event.time),
    late: isLate(event, receivedAt, lateAfterHours),
    position,
    pointer,
  };
};
