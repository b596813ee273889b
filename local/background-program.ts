import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { clock } from './clock.ts';
import { noteStarted, noteStopped } from './leftover.ts';
import { startGroup, stopGroup } from './processes.ts';

/** A server that runs beside this process. `stop` ends it and all that it started; a second call does nothing. */
export type BackgroundProgram = { endpoint: string; pid: number; stop(): Promise<void> };

export type ProgramToStart = {
  /** As a sentence about it begins, e.g. `The AWS emulator`. */
  title: string;
  command: string;
  args: readonly string[];
  directory: string;
  environment: NodeJS.ProcessEnv;
  /** Where it will answer. */
  endpoint: string;
  /** Whether an answer of the address is that of the program, ready. */
  isReady: { url: string; says: (answer: Response) => boolean };
  withinSeconds: number;
  logFile: string;
  /** Where it is noted, so that the next start finds what a killed run left behind (`stopLeftoverOf`). */
  recordFile: string;
};

/**
 * Starts a program and waits until it answers.
 * @throws a sentence with the end of its log when it does not
 */
export const startInBackground = async (program: ProgramToStart): Promise<BackgroundProgram> => {
  const { title, command, args, directory, environment, endpoint, withinSeconds, logFile, recordFile } = program;
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const child = startGroup(command, args, { cwd: directory, env: environment, stdio: ['ignore', log, log] });
  closeSync(log);
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = `it ended with ${signal ?? `exit code ${code}`}`;
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${title} could not be started (${command}).`);
  noteStarted(recordFile, pid);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= stopGroup(pid).then(() => noteStopped(recordFile));
    return stopping;
  };
  const until = clock.nowMillis() + withinSeconds * 1000;
  while (!(await answers(program.isReady))) {
    if (ended !== undefined || clock.nowMillis() > until) {
      await stop();
      const tail = readFileSync(logFile, 'utf8').trim().split('\n').slice(-15).join('\n');
      const why = ended ?? `no answer in ${withinSeconds} s`;
      throw new Error(`${title} did not come up: ${why}. The end of ${logFile}:\n${tail}`);
    }
    await pause(50);
  }
  return { endpoint, pid, stop };
};

const answers = async ({ url, says }: ProgramToStart['isReady']): Promise<boolean> => {
  try {
    return says(await fetch(url, { signal: AbortSignal.timeout(2_000) }));
  } catch {
    // Not listening yet: the caller asks again until its time is over.
    return false;
  }
};
