import { Metrics } from '@aws-lambda-powertools/metrics';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it, vi } from 'vitest';
import { getPinned, putByHash, s3DataFiles } from '../../../lambdas/close/data-files.ts';
import { sfnCloseMachine, sfnTaskTokens } from '../../../lambdas/close/machine-client.ts';
import { closeMetrics } from '../../../lambdas/close/metered-close.ts';

const MACHINE = 'arn:aws:states:us-east-1:1:stateMachine:period-close';

describe('the machine of a close', () => {
  it('starts an execution once, and says when it has ended', async () => {
    const sfn = mockClient(SFNClient);
    const machine = sfnCloseMachine(new SFNClient({}), MACHINE);
    sfn
      .on(StartExecutionCommand)
      .resolvesOnce({})
      .rejects(new ExecutionAlreadyExists({ message: '', $metadata: {} }));
    const executionArn = 'arn:aws:states:us-east-1:1:execution:period-close:close-1';
    expect(await machine.start('close-1', {})).toEqual({ executionArn, started: true });
    expect(await machine.start('close-1', {})).toEqual({ executionArn, started: false });
    sfn.on(DescribeExecutionCommand).resolvesOnce({ status: 'RUNNING' }).resolves({ status: 'ABORTED' });
    expect(await machine.hasEnded(executionArn)).toBe(false);
    expect(await machine.hasEnded(executionArn)).toBe(true);
    sfn.on(StartExecutionCommand).rejects(new Error('throttled'));
    await expect(machine.start('close-1', {})).rejects.toThrow('throttled');
  });

  it('wakes who waits, and says when nobody does', async () => {
    const sfn = mockClient(SFNClient);
    const tokens = sfnTaskTokens(new SFNClient({}));
    sfn
      .on(SendTaskSuccessCommand)
      .resolvesOnce({})
      .rejectsOnce(new TaskTimedOut({ message: '', $metadata: {} }));
    expect(await tokens.wake('t', {})).toBe('sent');
    expect(await tokens.wake('t', {})).toBe('gone');
    sfn.on(SendTaskSuccessCommand).rejects(new Error('denied'));
    await expect(tokens.wake('t', {})).rejects.toThrow('denied');
  });
});

describe('the data bucket', () => {
  it('stores by hash and refuses what is gone or changed', async () => {
    const texts = new Map<string, string>();
    const s3 = mockClient(S3Client);
    s3.on(PutObjectCommand).callsFake(({ Key, Body }) => {
      texts.set(Key, Body);
      return {};
    });
    s3.on(GetObjectCommand).callsFake(({ Key }) => {
      const text = texts.get(Key);
      if (text === undefined) throw new NoSuchKey({ message: '', $metadata: {} });
      return { Body: { transformToString: async () => text } };
    });
    const files = s3DataFiles(new S3Client({}), 'data');
    const stored = await putByHash(files, 'closes/x/lines/a', { b: 1, a: ['2'] });
    expect(stored.key).toBe(`closes/x/lines/a-${stored.hash}.json`);
    expect(await getPinned(files, stored)).toEqual({ a: ['2'], b: 1 });
    await expect(getPinned(files, { key: 'none', hash: '' })).rejects.toThrow('none is gone');
    texts.set(stored.key, '{"a":["3"],"b":1}');
    await expect(getPinned(files, stored)).rejects.toThrow('is not what was pinned');
    s3.on(GetObjectCommand).rejects(new Error('503'));
    await expect(files.getText('x')).rejects.toThrow('503');
  });
});

describe('the metrics of a close', () => {
  it('carry the sales region and no account', () => {
    const out = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    const metrics = closeMetrics(new Metrics({ namespace: 'Meterbridge', serviceName: 'close-step' }));
    metrics.exceptionsOpen('eu', 2);
    metrics.documentsDisputed('ap', 3);
    metrics.reconciliationBreaks('us', 0);
    const written = out.mock.calls.map(([text]) => JSON.parse(String(text)));
    out.mockRestore();
    expect(written).toMatchObject([
      { salesRegion: 'eu', service: 'close-step', ExceptionsOpen: 2 },
      { salesRegion: 'ap', service: 'close-step', DocumentsDisputed: 3 },
      { salesRegion: 'us', service: 'close-step', ReconciliationBreaks: 0 },
    ]);
    expect(JSON.stringify(written)).not.toContain('account');
  });
});
