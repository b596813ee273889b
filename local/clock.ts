/**
 * The clock of the local side. local/ shares no code with the product, so it has its own; this is the one file of
 * local/ that may read the machine's clock.
 */
export const clock = {
  /** The present instant as ISO 8601 in UTC with milliseconds. */
  now: (): string => new Date().toISOString(),
  /** The same instant in milliseconds since 1970, for durations. */
  nowMillis: (): number => Date.now(),
};
