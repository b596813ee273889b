/** How much a portion may hold. A single thing that is larger is a portion by itself. */
export type PortionLimits<T> = {
  readonly bytes: number;
  readonly sizeOf: (thing: T) => number;
  /** How many at most; absent: as many as there are bytes for. */
  readonly count?: number;
};

/** Things in their order, as many together as a portion may hold. */
export const portionsOf = <T>(
  things: readonly T[],
  { bytes: most, sizeOf, count = Number.POSITIVE_INFINITY }: PortionLimits<T>,
): T[][] => {
  const portions: T[][] = [];
  let bytes = 0;
  for (const thing of things) {
    const size = sizeOf(thing);
    const portion = portions.at(-1);
    if (portion === undefined || portion.length === count || bytes + size > most) {
      portions.push([thing]);
      bytes = size;
    } else {
      portion.push(thing);
      bytes += size;
    }
  }
  return portions;
};
