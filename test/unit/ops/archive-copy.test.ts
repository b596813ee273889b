import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CopiedDays, copyArchive } from '../../../ops/recompute/archive-copy.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'archive-copy-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const objects: Readonly<Record<string, string>> = {
  'events/usage/2026/09/22/shardId-0/1-2.ndjson.gz': 'far before the first day, but an outage may have held it up',
  'events/usage/2026/10/01/shardId-0/3-4.ndjson.gz': 'inside',
  'events/usage/2026/10/03/shardId-0/5-6.ndjson.gz': 'after the last day',
  'events/usage-2/2026/10/02/shardId-0/7-8.ndjson.gz': 'another stream',
};

it('copies what may hold lines of the days, of every stream, once', async () => {
  const mock = mockClient(S3Client);
  mock.on(ListObjectsV2Command).callsFake(({ Prefix, Delimiter }) =>
    Delimiter === undefined
      ? {
          Contents: Object.entries(objects)
            .filter(([key]) => key.startsWith(Prefix))
            .map(([Key, body]) => ({ Key, Size: body.length })),
        }
      : { CommonPrefixes: [{ Prefix: 'events/usage/' }, { Prefix: 'events/usage-2/' }] },
  );
  mock.on(GetObjectCommand).callsFake(({ Key }) => ({
    Body: { transformToByteArray: async () => Buffer.from(objects[Key] ?? '') },
  }));
  const told: string[] = [];
  const copy = (days: CopiedDays = { first: '2026-10-01', last: '2026-10-02' }) =>
    copyArchive(new S3Client({ region: 'us-east-1' }), 'archive', folder, days, (text) => told.push(text));
  const files = await copy();
  expect(files.map((file) => path.relative(folder, file))).toEqual([
    'events/usage-2/2026/10/02/shardId-0/7-8.ndjson.gz',
    'events/usage/2026/09/22/shardId-0/1-2.ndjson.gz',
    'events/usage/2026/10/01/shardId-0/3-4.ndjson.gz',
  ]);
  expect(files.map((file) => readFileSync(file, 'utf8'))).toContain('inside');
  expect(files.some((file) => existsSync(`${file}.part`))).toBe(false);
  expect(told.at(-1)).toBe('3 of 3 archive objects copied');
  const gets = mock.commandCalls(GetObjectCommand).length;
  expect(await copy()).toEqual(files);
  expect(mock.commandCalls(GetObjectCommand)).toHaveLength(gets);
  const ofUsage = Object.keys(objects).filter((key) => key.startsWith('events/'));
  expect((await copy({ last: '2026-10-02' })).map((file) => path.relative(folder, file))).toEqual(ofUsage.sort());
});
