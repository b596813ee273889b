import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BackgroundProgram, startInBackground } from '../background-program.ts';
import { stopLeftoverOf } from '../leftover.ts';
import { localDirectory } from '../paths.ts';
import { emulatorSetting } from './environment.ts';

export type EmulatorOptions = {
  port: number;
  /** Further settings of the emulator, e.g. `{ AUTH: 'true' }`. */
  settings?: Readonly<Record<string, string>>;
  /** Keep what an earlier run of this port persisted (with `PERSIST_STATE`); without it each start is empty. */
  keepState?: boolean;
};

const program = path.join(localDirectory, 'emulator-venv/bin/ministack');

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
export const startEmulator = async ({
  port,
  settings = {},
  keepState = false,
}: EmulatorOptions): Promise<BackgroundProgram> => {
  if (!existsSync(program)) throw new Error('The AWS emulator is not installed: run `npm run setup`.');
  const { directory, environment } = emulatorSetting(port, process.env, settings);
  if (!keepState) rmSync(directory, { recursive: true, force: true });
  mkdirSync(path.join(directory, 'tmp'), { recursive: true });
  // Functions are unpacked below, and the emulator's worker is CommonJS: without this it would be read as the
  // checkout's package.json says, as a module, and end at once.
  writeFileSync(path.join(directory, 'tmp/package.json'), '{"type":"commonjs"}\n');
  const endpoint = `http://127.0.0.1:${port}`;
  return startInBackground({
    title: 'The AWS emulator',
    command: program,
    args: [],
    directory,
    environment,
    endpoint,
    isReady: { url: `${endpoint}/_ministack/health`, says: ({ ok }) => ok },
    withinSeconds: 30,
    logFile: path.join(localDirectory, 'logs', `emulator-${port}.log`),
    recordFile: recordFile(port),
  });
};
