import { AsyncLocalStorage } from 'node:async_hooks';
import type { Usage } from './usage.ts';

/** A counter at zero. The cause travels with the asynchronous work, so that the code that is counted knows nothing of it. */
export const usageCounter = (): Usage => {
  const lines = new Map<string, Map<string, number>>();
  const causes = new AsyncLocalStorage<string>();
  const cause = (): string => causes.getStore() ?? 'other';
  return {
    add: (line, quantity, of = cause()) => {
      const byCause = lines.get(line) ?? new Map<string, number>();
      lines.set(line, byCause);
      byCause.set(of, (byCause.get(of) ?? 0) + quantity);
    },
    because: (name, work) => causes.run(name, work),
    cause,
    counted: () => Object.fromEntries([...lines].map(([line, byCause]) => [line, Object.fromEntries(byCause)])),
  };
};
