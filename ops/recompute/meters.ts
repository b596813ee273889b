/** A meter as the catalog has it, as far as totals are made of it. Paths are JSON pointers into the event's data. */
export type MeterVersion = {
  readonly id: string;
  readonly version: number;
  readonly effectiveFrom: string;
  readonly body: {
    readonly eventType: string;
    readonly aggregation: 'COUNT' | 'SUM' | 'MIN' | 'MAX' | 'AVG' | 'LATEST' | 'UNIQUE_COUNT' | 'TIME_WEIGHTED';
    readonly valuePath?: string;
    readonly dimensions: readonly { readonly name: string; readonly path: string }[];
    readonly filters: readonly { readonly path: string; readonly oneOf: readonly string[] }[];
    readonly unit: string;
  };
};

/** A version and the stretch of event time that it measures: milliseconds since 1970, half open. */
export type MeasuringVersion = MeterVersion & { readonly fromMillis: number; readonly toMillis: number | undefined };

/**
 * Each version with the time it holds: from its own `effectiveFrom` to the next one's; of several with the same
 * beginning the highest version. A version that never holds is left out.
 */
export const measuringVersions = (history: readonly MeterVersion[]): MeasuringVersion[] =>
  [...Map.groupBy(history, ({ id }) => id).values()].flatMap((versions) => {
    const highest = [...Map.groupBy(versions, ({ effectiveFrom }) => Date.parse(effectiveFrom))]
      .sort(([a], [b]) => a - b)
      .map(([fromMillis, same]) => ({ fromMillis, entry: same.reduce((a, b) => (a.version > b.version ? a : b)) }));
    return highest.map(({ fromMillis, entry }, n) => ({
      ...entry,
      fromMillis,
      toMillis: highest[n + 1]?.fromMillis,
    }));
  });

/** Whether a meter's value goes on after its last event: seats, storage. */
export const goesOn = ({ body }: MeterVersion): boolean =>
  body.aggregation === 'LATEST' || body.aggregation === 'TIME_WEIGHTED';
