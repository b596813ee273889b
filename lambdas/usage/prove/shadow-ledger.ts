import { DeleteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mapBounded } from '../../platform/bounded.ts';
import type { LedgerRead, LedgerStore } from '../ledger/ledger-store.ts';
import { partitionKey, sortKey, utcDay } from '../ledger/slot.ts';
import type { Append, Slot } from '../types.ts';

/** A ledger beside the ledger, for one job: what is made again is compared there and then removed. */
export type ShadowLedger = LedgerStore & { remove(appends: readonly Append[]): Promise<void> };

/** The name of a subject in the shadow of a job: runs do not meet. No subject begins so, since none has a `#`. */
const nameOf = (jobId: string, subject: string): string => `${jobId}#${subject}`;

/**
 * A shadow in the part of a ledger's table that is the job's. `remove` takes one item of it away.
 * What is stored keeps the hash of what was appended: in the shadow a chain is read and compared, not verified.
 */
export const shadowOf = (
  ledger: LedgerStore,
  jobId: string,
  remove: (key: { readonly pk: string; readonly sk: string }) => Promise<void>,
): ShadowLedger => {
  const inside = (slot: Slot): Slot => ({ ...slot, subject: nameOf(jobId, slot.subject) });
  const outside = (append: Append): Append => ({
    ...append,
    slot: { ...append.slot, subject: append.slot.subject.slice(nameOf(jobId, '').length) },
  });
  const read = (found: LedgerRead): LedgerRead => ({
    ...found,
    appends: found.appends.map(outside),
    overlays: found.overlays.map(outside),
  });
  return {
    putIfAbsent: (append) => ledger.putIfAbsent({ ...append, slot: inside(append.slot) }),
    slotAbove: async (slot, version) => read(await ledger.slotAbove(inside(slot), version)),
    day: async (subject, day, within) => read(await ledger.day(nameOf(jobId, subject), day, within)),
    remove: async (appends) => {
      await mapBounded(appends, AT_ONCE, ({ slot, version }) =>
        remove({ pk: partitionKey(nameOf(jobId, slot.subject), utcDay(slot.start)), sk: sortKey(slot, version) }),
      );
    },
  };
};

/** Items removed at a time. */
const AT_ONCE = 16;

/** Takes items of the shadow table away. */
export const removeFrom =
  (client: DynamoDBDocumentClient, table: string) =>
  async (key: { readonly pk: string; readonly sk: string }): Promise<void> => {
    await client.send(new DeleteCommand({ TableName: table, Key: key }));
  };
