import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { type AuditLog, firstBroken } from '../../lambdas/platform/audit-log.ts';

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** An empty log that several writers may share. */
export type AuditLogUnderTest = {
  /** A further writer of the same log; each knows nothing of the others. */
  readonly writer: () => AuditLog;
  /** A write to another table that succeeds once per id, where the log is one that can take such writes along. */
  readonly decision?: (id: string) => TransactItem;
};

const record = (target: string) => ({ actor: 'ada', action: 'manifest.approve', target, details: { n: 1, of: ['ü'] } });

/** What every audit log must do. `make` answers an empty one. */
export const auditLogContract = (name: string, make: () => Promise<AuditLogUnderTest>): void => {
  describe(`audit log: ${name}`, () => {
    it('is empty at first', async () => {
      const { writer } = await make();
      expect(await writer().list(0, 10)).toEqual([]);
      expect(await writer().head()).toBeUndefined();
    });

    it('numbers entries from one and links each to the one before', async () => {
      const { writer } = await make();
      const log = writer();
      const first = await log.append(record('m-1'));
      const second = await log.append(record('m-2'));
      expect(first).toMatchObject({ ...record('m-1'), format: 1, sequence: 1, previousHash: '0'.repeat(64) });
      expect(second).toMatchObject({ ...record('m-2'), sequence: 2, previousHash: first.hash });
      expect(await log.list(0, 10)).toEqual([first, second]);
      expect(await writer().head()).toEqual(second);
    });

    it('reads back what still proves its own hashes', async () => {
      const { writer } = await make();
      const log = writer();
      for (const target of ['m-1', 'm-2', 'm-3']) await log.append(record(target));
      const entries = await log.list(0, 10);
      expect(firstBroken(entries)).toBeUndefined();
      expect(firstBroken(entries.slice(1), entries[0])).toBeUndefined();
    });

    it('lists what follows a sequence, at most as many as asked for, past nine in order', async () => {
      const { writer } = await make();
      const log = writer();
      for (let n = 1; n <= 12; n += 1) await log.append(record(`m-${n}`));
      const sequences = async (after: number, limit: number) =>
        (await log.list(after, limit)).map(({ sequence }) => sequence);
      expect(await sequences(0, 3)).toEqual([1, 2, 3]);
      expect(await sequences(8, 10)).toEqual([9, 10, 11, 12]);
      expect(await sequences(12, 10)).toEqual([]);
    });

    it('stays one chain under several writers at once', async () => {
      const { writer } = await make();
      const appended = await Promise.all(Array.from({ length: 6 }, (_, n) => writer().append(record(`m-${n}`))));
      const entries = await writer().list(0, 10);
      expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(firstBroken(entries)).toBeUndefined();
      expect(entries.map(({ hash }) => hash).sort()).toEqual(appended.map(({ hash }) => hash).sort());
    });

    it('takes a decision along once: refused, neither is written', async () => {
      const { writer, decision } = await make();
      const log = writer();
      const along = (id: string) => (decision === undefined ? [] : [decision(id)]);
      await log.append(record('m-1'), along('m-1'));
      if (decision !== undefined) {
        await expect(log.append(record('m-1'), along('m-1'))).rejects.toMatchObject({
          name: 'TransactionCanceledException',
        });
      }
      await log.append(record('m-2'), along('m-2'));
      expect((await log.list(0, 10)).map(({ target }) => target)).toEqual(['m-1', 'm-2']);
    });
  });
};
