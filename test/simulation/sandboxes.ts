import type { Platform, Process } from './stage.ts';

/** What the platform sees of an invocation. */
export type Outcome<O> = { readonly status: 'done'; readonly result: O } | { readonly status: 'failed' | 'died' };

/** A function as the platform runs it: sandboxes that are kept warm, frozen between invocations, and replaced. */
export type SimFunction<I, O> = { invoke(input: I): Promise<Outcome<O>> };

/** Errors that a function may throw: what it called was down, so it is invoked again. */
export const isForeseen = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.every(isForeseen);
  const known = [
    'LostJob',
    'NetworkError',
    'ProvisionedThroughputExceededException',
    'LedgerUnavailable',
    'StillRefused',
  ];
  // A sweep that began before a meter was published leaves days that have it alone.
  if (error.message.endsWith('not in the catalog that was read')) return true;
  return known.includes(error.name) || (error.cause !== undefined && isForeseen(error.cause));
};

/**
 * `make` is what happens at a cold start: it wires the handler in its process. `onError` is told what no fault of ours
 * explains.
 */
export const simFunction = <I, O>(
  { stage, dice, rates, faults }: Platform,
  name: string,
  make: (process: Process) => (input: I) => Promise<O>,
  onError: (error: unknown) => void,
): SimFunction<I, O> => {
  type Sandbox = { readonly process: Process; readonly handler: (input: I) => Promise<O> };
  let warm: Sandbox[] = [];
  const sandboxOf = (): Sandbox => {
    const idle = warm.filter(({ process }) => process.state === 'frozen');
    if (idle.length > 0 && !dice.happens(rates.coldStart)) return dice.pick(idle);
    faults.coldStart += 1;
    // The platform lets go of sandboxes as it likes; what they left behind never goes on.
    const kept = idle.length > 2 ? idle.slice(1) : idle;
    warm = warm.filter((sandbox) => sandbox.process.state === 'running' || kept.includes(sandbox));
    const process = stage.process(name);
    const sandbox = { process, handler: make(process) };
    warm.push(sandbox);
    return sandbox;
  };
  return {
    invoke: (input) =>
      new Promise((resolve) => {
        const sandbox = sandboxOf();
        const { process, handler } = sandbox;
        process.onDeath = () => {
          warm = warm.filter((each) => each !== sandbox);
          resolve({ status: 'died' });
        };
        stage.begin(process);
        handler(input).then(
          (result) => {
            stage.freeze(process);
            resolve({ status: 'done', result });
          },
          (error: unknown) => {
            stage.freeze(process);
            if (!isForeseen(error)) onError(error);
            resolve({ status: 'failed' });
          },
        );
      }),
  };
};
