/** The one place where the scripts read the machine's clock, for telling how long a step took. */
export const nowMillis = () => Date.now();

/**
 * A duration as a person reads it: `0.8 s`, `2 min 05 s`.
 * @param {number} millis
 */
export const spoken = (millis) =>
  millis < 60_000
    ? `${(millis / 1000).toFixed(1)} s`
    : `${Math.floor(millis / 60_000)} min ${String(Math.round((millis % 60_000) / 1000) % 60).padStart(2, '0')} s`;
