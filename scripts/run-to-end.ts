import { type SpawnOptions, spawn } from 'node:child_process';

/** What a finished program left: its exit code and all that it printed. */
export type Finished = { code: number; output: string };

/** Runs a program to its end and keeps what it prints; each line also goes to `onLine`. Never rejects for its exit code. */
export const runToEnd = (
  command: string,
  args: readonly string[],
  options: SpawnOptions,
  onLine: (line: string) => void = () => undefined,
): Promise<Finished> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
