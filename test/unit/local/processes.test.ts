import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isAlive, startGroup, stopGroup } from '../../../local/processes.ts';
import { runToEnd } from '../../../scripts/run-to-end.ts';

/** Starts a leader with a child of its own, and answers when both run: `[leader, child]`. */
const startFamily = async (deaf: boolean): Promise<[number, number]> => {
  const ignore = deaf ? "process.on('SIGTERM', () => {});" : '';
  const script = `
    const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    ${ignore}
    console.log(child.pid);
    setInterval(() => {}, 1000);`;
  const leader = startGroup(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(leader.stdout ?? process.stdin, 'data');
  return [leader.pid ?? 0, Number(String(line))];
};

it('ends a leader and the children it left', async () => {
  const [leader, child] = await startFamily(false);
  expect(await stopGroup(leader)).toBe('ended');
  expect([isAlive(leader), isAlive(child)]).toEqual([false, false]);
});

it('kills a leader that is deaf to SIGTERM', async () => {
  const [leader, child] = await startFamily(true);
  expect(await stopGroup(leader, 200)).toBe('killed');
  expect([isAlive(leader), isAlive(child)]).toEqual([false, false]);
});

it('is content when there is nothing to stop', async () => {
  const [leader] = await startFamily(false);
  await stopGroup(leader);
  expect(await stopGroup(leader)).toBe('ended');
});

it('tells each line of a program and its exit code', async () => {
  const lines: string[] = [];
  const script = "console.log('one'); console.error('two'); process.exit(3)";
  const { code, output } = await runToEnd(process.execPath, ['-e', script], {}, (line) => lines.push(line));
  expect([code, lines.sort(), output.includes('one')]).toEqual([3, ['one', 'two'], true]);
});
