import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { decode } from '../../../lambdas/usage/events/decode.ts';
import { emulatorVenv, root } from '../../../scripts/setup/paths.mjs';
import { eventText, RECEIVED_AT } from '../usage-edge/events.ts';

/**
 * docs/producer.py, run by the Python that has boto3 (the emulator's), against a server that speaks PutRecords and refuses
 * what it is told to.
 */

type Record = { readonly PartitionKey: string; readonly Data: string };
type Answer = 'error' | ((record: Record, n: number) => boolean);

/** One PutRecords call: what came, and what was taken of it. */
type Call = { readonly subjects: readonly string[]; readonly taken: readonly Record[] };

let close = async (): Promise<void> => {};
afterEach(() => close());

/** @param answerTo for the call with that number, from 0: an error, or which records are taken. */
const startKinesis = async (answerTo: (call: number) => Answer): Promise<{ endpoint: string; calls: Call[] }> => {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { Records } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { readonly Records: readonly Record[] };
    const answer = answerTo(calls.length);
    const taken = answer === 'error' ? [] : Records.filter(answer);
    calls.push({ subjects: Records.map(({ PartitionKey }) => PartitionKey), taken });
    const results = Records.map((record, n) =>
      taken.includes(record)
        ? { SequenceNumber: `${calls.length}-${n}`, ShardId: 's' }
        : { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Rate exceeded.' },
    );
    const headers = { 'content-type': 'application/x-amz-json-1.1' };
    if (answer === 'error') response.writeHead(400, headers).end('{"__type":"AccessDeniedException","message":"No."}');
    else response.writeHead(200, headers).end(JSON.stringify({ FailedRecordCount: 0, Records: results }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => new Promise((resolve) => void server.close(() => resolve()));
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
};

const run = (
  args: readonly string[],
  endpoint: string,
  input: string,
): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(path.join(emulatorVenv, 'bin/python'), args, {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        USAGE_STREAM: 'usage',
        AWS_ENDPOINT_URL_KINESIS: endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        PYTHONPATH: path.join(root, 'docs'),
        PYTHONDONTWRITEBYTECODE: '1',
      },
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
    child.stdin.end(input);
  });

const lines = Array.from({ length: 3_000 }, (_, n) =>
  eventText({ id: `e-${n}`, subject: n % 3 === 0 ? 'org-0' : `org-${n % 40}` }),
);
const idsOf = (texts: readonly string[]): string[] => texts.map((text) => JSON.parse(text).id);
const subjectOf = (text: string): string => JSON.parse(text).subject;

it('delivers each event once and in order per subject, and sends only refused records again', async () => {
  const { endpoint, calls } = await startKinesis((call) => (call < 3 ? (_record, n) => n % 3 !== call : () => true));
  expect(await run(['docs/producer.py'], endpoint, `${lines.join('\n')}\n\n`)).toEqual({ code: 0, output: '' });
  for (const { subjects } of calls) expect(new Set(subjects).size).toBe(subjects.length);
  const arrived = calls.flatMap(({ taken }, call) =>
    taken.flatMap(({ PartitionKey, Data }) =>
      decode({
        stream: 'usage',
        shard: 's',
        sequence: String(call),
        data: Buffer.from(Data, 'base64'),
        receivedAt: RECEIVED_AT,
      }).map(({ line }) => ({ subject: PartitionKey, line })),
    ),
  );
  expect(arrived.length).toBe(lines.length);
  for (const subject of new Set(lines.map(subjectOf))) {
    const own = arrived.filter((one) => one.subject === subject).map(({ line }) => line);
    expect(own).toEqual(lines.filter((line) => subjectOf(line) === subject));
  }
});

it('gives back what is refused again and again, and says so', async () => {
  const { endpoint, calls } = await startKinesis((call) =>
    call === 1 ? 'error' : ({ PartitionKey }) => PartitionKey !== 'org-0',
  );
  const script = `import boto3, producer, sys
left = producer.send([line.strip() for line in sys.stdin.buffer], "usage", boto3.client("kinesis", region_name="us-east-1"), tries=3)
sys.stdout.buffer.write(b"\\n".join(left))`;
  const { code, output } = await run(['-c', script], endpoint, lines.slice(0, 300).join('\n'));
  expect(code).toBe(0);
  const left = lines.slice(0, 300).filter((line) => subjectOf(line) === 'org-0');
  expect(idsOf(output.split('\n'))).toEqual(idsOf(left));
  expect(calls.length).toBe(4);
});
