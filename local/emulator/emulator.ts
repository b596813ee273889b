import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { clock } from '../clock.ts';
import { noteStarted, noteStopped, stopLeftoverOf } from '../leftover.ts';
import { localDirectory } from '../paths.ts';
import { startGroup, stopGroup } from '../processes.ts';
import { emulatorSetting } from './environment.ts';

/** A running AWS emulator. `stop` ends it and every Lambda worker it started; a second call does nothing. */
export type Emulator = { endpoint: string; pid: number; logFile: string; stop(): Promise<void> };

export type EmulatorOptions = {
  port: number;
  /** Further settings of the emulator, e.g. `{ AUTH: 'true' }`. */
  settings?: Readonly<Record<string, string>>;
  /** Keep what an earlier run of this port persisted (with `PERSIST_STATE`); without it each start is empty. */
  keepState?: boolean;
};

const program = path.join(localDirectory, 'emulator-venv/bin/ministack');
const startWithinMillis = 30_000;

/** The record of who runs on a port, by which the next start finds what a killed run left behind. */
const recordFile = (port: number): string => path.join(localDirectory, 'emulator', `${port}.json`);

/**
 * Ends the emulator of a run that was killed before it could. One whose owner still runs is left alone: then the
 * port is simply taken.
 */
export const stopLeftover = (port: number): Promise<void> => stopLeftoverOf(recordFile(port), 'ministack');

/**
 * Starts the emulator on 127.0.0.1 and waits until it answers.
 * @throws a sentence that says what is missing, or the end of its log when it does not come up
 */
export const startEmulator = async ({ port, settings = {}, keepState = false }: EmulatorOptions): Promise<Emulator> => {
  if (!existsSync(program)) throw new Error('The AWS emulator is not installed: run `npm run setup`.');
  const { directory, environment } = emulatorSetting(port, process.env, settings);
  if (!keepState) rmSync(directory, { recursive: true, force: true });
  mkdirSync(path.join(directory, 'tmp'), { recursive: true });
  // Functions are unpacked below, and the emulator's worker is CommonJS: without this it would be read as the
  // checkout's package.json says, as a module, and end at once.
  writeFileSync(path.join(directory, 'tmp/package.json'), '{"type":"commonjs"}\n');
  mkdirSync(path.join(localDirectory, 'logs'), { recursive: true });
  const logFile = path.join(localDirectory, 'logs', `emulator-${port}.log`);
  const log = openSync(logFile, 'w');
  const child = startGroup(program, [], { env: environment, cwd: directory, stdio: ['ignore', log, log] });
  closeSync(log);
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = `it ended with ${signal ?? `exit code ${code}`}`;
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`The AWS emulator could not be started (${program}).`);
  noteStarted(recordFile(port), pid);
  const endpoint = `http://127.0.0.1:${port}`;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= stopGroup(pid).then(() => noteStopped(recordFile(port)));
    return stopping;
  };
  const until = clock.nowMillis() + startWithinMillis;
  while (!(await answers(endpoint))) {
    if (ended !== undefined || clock.nowMillis() > until) {
      await stop();
      const tail = readFileSync(logFile, 'utf8').trim().split('\n').slice(-15).join('\n');
      throw new Error(
        `The AWS emulator did not come up: ${ended ?? 'no answer in 30 s'}. The end of ${logFile}:\n${tail}`,
      );
    }
    await pause(50);
  }
  return { endpoint, pid, logFile, stop };
};

const answers = async (endpoint: string): Promise<boolean> => {
  try {
    return (await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    // Not listening yet: the caller asks again until its time is over.
    return false;
  }
};
