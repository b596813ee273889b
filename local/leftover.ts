import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive, stopGroup } from './processes.ts';

/** Notes which process was started by this one, so that the next start finds what a killed run left behind. */
export const noteStarted = (recordFile: string, pid: number): void => {
  mkdirSync(path.dirname(recordFile), { recursive: true });
  writeFileSync(recordFile, JSON.stringify({ pid, owner: process.pid }));
};

/** Forgets it, once it was stopped. */
export const noteStopped = (recordFile: string): void => rmSync(recordFile, { force: true });

/**
 * Ends what a run that was killed left behind. A process whose owner still runs is left alone.
 * @param sign what stands in the command line of such a process
 */
export const stopLeftoverOf = async (recordFile: string, sign: string): Promise<void> => {
  if (!existsSync(recordFile)) return;
  const { pid, owner } = JSON.parse(readFileSync(recordFile, 'utf8')) as { pid: number; owner: number };
  if (isAlive(owner) && owner !== process.pid) return;
  if (isAlive(pid) && isCalled(pid, sign)) await stopGroup(pid);
  noteStopped(recordFile);
};

/** Process ids are used again; only one that is ours may be ended. Where /proc is absent, the record is believed. */
const isCalled = (pid: number, sign: string): boolean => {
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync('/proc/self') || (existsSync(commandLine) && readFileSync(commandLine, 'utf8').includes(sign));
};
