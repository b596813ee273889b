import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { clock } from '../clock.ts';
import { noteStarted, noteStopped, stopLeftoverOf } from '../leftover.ts';
import { localDirectory } from '../paths.ts';
import { freePort } from '../ports.ts';
import { startGroup, stopGroup } from '../processes.ts';

/** A running DynamoDB Local. `stop` ends it by its process id; a second call does nothing. */
export type DynamoDbLocal = { readonly endpoint: string; readonly pid: number; stop(): Promise<void> };

const MAIN = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner';
const startWithinMillis = 60_000;
const logs = path.join(localDirectory, 'logs');
const logFile = path.join(logs, 'dynamodb-local.log');
const recordFile = path.join(localDirectory, 'tmp/dynamodb-local.json');

/**
 * Starts DynamoDB Local, all in memory, on a free port of 127.0.0.1 and waits until it answers.
 * @param jars the folder that `fetchDynamoDbLocal` filled
 * @throws with the end of its log when it does not come up
 */
export const startDynamoDbLocal = async (jars: string): Promise<DynamoDbLocal> => {
  await stopLeftoverOf(recordFile, MAIN);
  mkdirSync(logs, { recursive: true });
  const port = await freePort();
  const log = openSync(logFile, 'w');
  const child = startGroup(
    'java',
    [
      `-Djava.library.path=${jars}`,
      `-Djava.io.tmpdir=${path.join(localDirectory, 'tmp')}`,
      '-cp',
      path.join(jars, '*'),
      MAIN,
      '-inMemory',
      '-sharedDb',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    { cwd: jars, env: { ...process.env, DDB_LOCAL_TELEMETRY: '0' }, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = `it ended with ${signal ?? `exit code ${code}`}`;
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error('DynamoDB Local could not be started: java did not run.');
  noteStarted(recordFile, pid);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= stopGroup(pid).then(() => noteStopped(recordFile));
    return stopping;
  };
  const endpoint = `http://127.0.0.1:${port}`;
  const until = clock.nowMillis() + startWithinMillis;
  while (!(await answers(endpoint))) {
    if (ended !== undefined || clock.nowMillis() > until) {
      await stop();
      throw new Error(
        `DynamoDB Local did not come up: ${ended ?? 'no answer in a minute'}. The end of ${logFile}:\n${readFileSync(logFile, 'utf8').slice(-1_500)}`,
      );
    }
    await pause(50);
  }
  return { endpoint, pid, stop };
};

/** It refuses what is no signed request, with 400: that is an answer. */
const answers = async (endpoint: string): Promise<boolean> => {
  try {
    return (await fetch(endpoint, { signal: AbortSignal.timeout(2_000) })).status === 400;
  } catch {
    // Not listening yet: the caller asks again until its time is over.
    return false;
  }
};
