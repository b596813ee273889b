/**
 * What AWS would bill for, counted. A *line* is a row of bench/prices.json (`dynamodb.write`: write units, `s3.put`:
 * requests, `lambda.arm64`: GB-seconds, ...); a *cause* says which part of the work asked for it.
 */
export type Usage = {
  /** Adds to a line, on account of `cause`, or of the one that is at work (see `because`). */
  add(line: string, quantity: number, cause?: string): void;
  /** Says of everything counted until `work` has ended that it was for `cause`. Calls inside may name a closer one. */
  because<T>(cause: string, work: () => Promise<T>): Promise<T>;
  /** The cause at work now. */
  cause(): string;
  /** Everything counted so far, as it is now. */
  counted(): Counted;
};

/** Quantities by line and, within it, by cause. */
export type Counted = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A quantity of a line, over all its causes or those that `of` picks. */
export const total = (counted: Counted, line: string, of: (cause: string) => boolean = () => true): number =>
  Object.entries(counted[line] ?? {}).reduce((sum, [cause, quantity]) => sum + (of(cause) ? quantity : 0), 0);

/** Some lines of a count. */
export const only = (counted: Counted, keep: (line: string) => boolean): Counted =>
  Object.fromEntries(Object.entries(counted).filter(([line]) => keep(line)));

/** Combines two counts line by line and cause by cause. */
const combine = (a: Counted, b: Counted, how: (x: number, y: number) => number): Counted =>
  Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((line) => {
      const causes = new Set([...Object.keys(a[line] ?? {}), ...Object.keys(b[line] ?? {})]);
      return [
        line,
        Object.fromEntries([...causes].map((cause) => [cause, how(a[line]?.[cause] ?? 0, b[line]?.[cause] ?? 0)])),
      ];
    }),
  );

/** What was counted between two moments. */
export const since = (before: Counted, after: Counted): Counted => combine(after, before, (x, y) => x - y);

/** The sum of counts. */
export const plus = (...all: readonly Counted[]): Counted => all.reduce((a, b) => combine(a, b, (x, y) => x + y), {});

/** Every quantity multiplied: a sample scaled up to the month. */
export const times = (counted: Counted, factor: number): Counted => combine(counted, {}, (x) => x * factor);
