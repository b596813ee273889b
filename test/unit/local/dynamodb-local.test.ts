import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { fetchDynamoDbLocal, type Run } from '../../../local/dynamodb-local/fetch.ts';

const java = (version: string) => ({ code: 0, output: `openjdk version "${version}" 2025-04-15\n` });
const missing = { code: 127, output: '' };
const folder = () => path.join(mkdtempSync(path.join(tmpdir(), 'jars-')), 'jars');

/** A machine: what each program answers. Maven's first answer is its version, the second its fetching. */
const machine = (answers: { java: { code: number; output: string }; mvn?: { code: number; output: string }[] }) => {
  const asked: string[] = [];
  const maven = [...(answers.mvn ?? [])];
  const run: Run = async (command) => {
    asked.push(command);
    return command === 'java' ? answers.java : (maven.shift() ?? missing);
  };
  return { run, asked };
};

it.each([
  ['without Java', machine({ java: missing }), 'it needs Java 17 or newer, and here is no Java.'],
  ['with an old Java', machine({ java: java('11.0.2') }), 'it needs Java 17 or newer, and here is Java 11.'],
  ['without Maven', machine({ java: java('21') }), 'it is fetched by Maven (mvn), which is not here.'],
  [
    'without a repository',
    machine({
      java: java('17.0.1'),
      mvn: [
        { code: 0, output: '' },
        { code: 1, output: 'Could not transfer artifact' },
      ],
    }),
    'Maven is here, but reaches no repository to fetch it from.',
  ],
])('says in one sentence why it passes over %s', async (_, { run }, why) => {
  expect(await fetchDynamoDbLocal(run, folder())).toEqual({ absent: `DynamoDB Local is passed over: ${why}` });
});

it('fails when the repository does not have what is wanted', async () => {
  const { run } = machine({
    java: java('17'),
    mvn: [
      { code: 0, output: '' },
      { code: 1, output: 'Could not find it' },
    ],
  });
  await expect(fetchDynamoDbLocal(run, folder())).rejects.toThrow('Could not find it');
});

it('fetches once', async () => {
  const jars = folder();
  const first = machine({
    java: java('17'),
    mvn: [
      { code: 0, output: '' },
      { code: 0, output: '' },
    ],
  });
  expect(await fetchDynamoDbLocal(first.run, jars)).toEqual({ jars });
  expect(existsSync(jars)).toBe(true);
  const second = machine({ java: java('17') });
  expect(await fetchDynamoDbLocal(second.run, jars)).toEqual({ jars });
  expect(second.asked).toEqual(['java']);
});
