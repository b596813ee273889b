import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { startInBackground } from '../../../local/background-program.ts';
import { freePort } from '../../../local/ports.ts';
import { isAlive } from '../../../local/processes.ts';

const start = async (script: string) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'program-'));
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  return startInBackground({
    title: 'The little server',
    command: process.execPath,
    args: ['-e', script, new URL(endpoint).port],
    directory: folder,
    environment: process.env,
    endpoint,
    isReady: { url: endpoint, says: ({ ok }) => ok },
    withinSeconds: 10,
    logFile: path.join(folder, 'log'),
    recordFile: path.join(folder, 'record.json'),
  });
};

it('gives a program when it answers, and stops it however often it is asked to', async () => {
  const { endpoint, pid, stop } = await start(
    "require('node:http').createServer((_, answer) => answer.end('here')).listen(Number(process.argv[1]), '127.0.0.1')",
  );
  expect(await (await fetch(endpoint)).text()).toBe('here');
  await Promise.all([stop(), stop()]);
  expect(isAlive(pid)).toBe(false);
});

it('tells the end of the log of a program that does not come up', async () => {
  await expect(start("console.log('out of luck'); process.exit(3)")).rejects.toThrow(
    /^The little server did not come up: it ended with exit code 3\. The end of .*log:\nout of luck$/,
  );
});

it('says so when a program cannot be started at all', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'program-'));
  await expect(
    startInBackground({
      title: 'The missing server',
      command: path.join(folder, 'nowhere'),
      args: [],
      directory: folder,
      environment: process.env,
      endpoint: '',
      isReady: { url: '', says: () => true },
      withinSeconds: 10,
      logFile: path.join(folder, 'log'),
      recordFile: path.join(folder, 'record.json'),
    }),
  ).rejects.toThrow('The missing server could not be started');
});
