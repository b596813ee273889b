import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
/**
 * Collects all garbage, to look at what is left. Not for what is timed: it makes the young generation small again, and
 * whoever allocates then pays for its growth.
 */
export const collect = runInNewContext('gc') as () => void;

/** Where every result goes, so that no work can be optimised away. */
const kept: { last: unknown } = { last: undefined };

/** Something to be timed: what it does once for each of its inputs. */
export type Contender = { readonly inputs: number; readonly run: () => void };

/** Does `work` to every input. */
export const contender = <T>(inputs: readonly T[], work: (input: T) => unknown): Contender => ({
  inputs: inputs.length,
  run: () => {
    for (const input of inputs) kept.last = work(input);
  },
});

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Processor seconds of the whole process, collector and compiler included. */
export const spent = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

/** How long a sample of a contender lasts at least: the clock of a process is coarse. */
const SAMPLE_SECONDS = 0.1;
/** How long it runs before that, so that it is compiled. */
const WARM_SECONDS = 0.6;

/**
 * How many inputs each contender does in a second of one core: the median over rounds in which they take turns, so that
 * what else the machine does hits all alike.
 */
export const perSecond = (contenders: readonly Contender[], rounds: number): number[] => {
  const repeats = contenders.map(({ run }) => {
    let warm = 0;
    while (warm < WARM_SECONDS) warm += spent(run);
    return Math.max(1, Math.ceil(SAMPLE_SECONDS / Math.max(spent(run), 1e-6)));
  });
  const samples = contenders.map((): number[] => []);
  for (let round = -2; round < rounds; round += 1) {
    contenders.forEach(({ inputs, run }, n) => {
      const times = repeats[n] ?? 1;
      const seconds = spent(() => {
        for (let time = 0; time < times; time += 1) run();
      });
      if (round >= 0) samples[n]?.push((inputs * times) / seconds);
    });
  }
  return samples.map(median);
};
