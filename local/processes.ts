import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { clock } from './clock.ts';

/**
 * Like `Promise.all`, but waits for all of them before it throws the first failure: what still runs would otherwise go
 * on while the caller tidies up.
 */
export const allOf = async <Work extends readonly unknown[]>(
  ...work: Work
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> => {
  await Promise.allSettled(work);
  return Promise.all(work);
};

/** What Linux tells of a process: its state letter and its group. Undefined for one that is gone, and elsewhere. */
const told = (pid: string): { state: string; group: number } | undefined => {
  try {
    // The name in parentheses may hold anything; the fields that are read stand behind it.
    const [state = '', , group = ''] = (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '').split(' ');
    return { state, group: Number(group) };
  } catch {
    // It ended while it was looked at, or there is no /proc.
    return undefined;
  }
};

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Whether a process still runs. One that ended and whose parent has not yet asked for its exit code does not. */
export const isAlive = (pid: number): boolean => isThere(pid) && told(String(pid))?.state !== 'Z';

/** Whether any process of a group still runs. */
const isGroupAlive = (leader: number): boolean => {
  if (!isThere(-leader)) return false;
  if (!existsSync('/proc/self/stat')) return true;
  return readdirSync('/proc').some((name) => {
    const process = /^\d+$/.test(name) ? told(name) : undefined;
    return process?.group === leader && process.state !== 'Z';
  });
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It ended between the look and the signal: what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

const waitUntil = async (condition: () => boolean, millis: number): Promise<boolean> => {
  const until = clock.nowMillis() + millis;
  while (!condition()) {
    if (clock.nowMillis() > until) return false;
    await pause(50);
  }
  return true;
};

/**
 * Ends a process that leads its own group, and then whatever its group left: SIGTERM to the leader so that it can
 * tidy up, SIGKILL to the whole group when it has not ended in time (a hung custom resource makes the emulator deaf
 * to SIGTERM) or has left workers behind.
 * @returns how it went, for the log
 */
export const stopGroup = async (leader: number, patienceMillis = 15_000): Promise<'ended' | 'killed'> => {
  signal(leader, 'SIGTERM');
  const ended = await waitUntil(() => !isAlive(leader), patienceMillis);
  if (isGroupAlive(leader)) signal(-leader, 'SIGKILL');
  await waitUntil(() => !isGroupAlive(leader), 5_000);
  return ended ? 'ended' : 'killed';
};

/** Starts a program as the leader of its own group, so that a Ctrl-C in the terminal does not reach it before its turn. */
export const startGroup = (command: string, args: readonly string[], options: SpawnOptions): ChildProcess =>
  spawn(command, args, { ...options, detached: true });
