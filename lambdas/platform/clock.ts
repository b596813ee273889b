/** Where time comes from. Domain code takes a `Clock`; only this folder may read the machine's. */
export type Clock = {
  /** The present instant as ISO 8601 in UTC with milliseconds, e.g. `2026-11-01T00:00:00.000Z`. */
  now(): string;
  /** The same instant in milliseconds since 1970, for durations. */
  nowMillis(): number;
};

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date().toISOString(),
  nowMillis: () => Date.now(),
};

/** A clock that stands still until told, for tests and simulations. */
export const manualClock = (start: string): Clock & { set(instant: string): void; advance(millis: number): void } => {
  let at = Date.parse(start);
  return {
    now: () => new Date(at).toISOString(),
    nowMillis: () => at,
    set: (instant) => {
      at = Date.parse(instant);
    },
    advance: (millis) => {
      at += millis;
    },
  };
};
