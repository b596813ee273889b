import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { BY_METER_SQL, COMPARED_SQL, differencesSql, ledgerSql } from './compare-sql.ts';
import { COUNTS_SQL, countedSql, eventsSql, linesSql, quarantinedSql } from './events-sql.ts';
import { type MeterVersion, measuringVersions } from './meters.ts';
import { DECIMALS, MACROS, quoted } from './sql.ts';
import { measuredTableSql, NOT_HELD_SQL, type Range, SEPARATOR, totalsSql } from './totals-sql.ts';
import { UPCASTS } from './upcasts.ts';

/** A figure of the ledger, as it is compared. */
export type LedgerFigure = {
  readonly subject: string;
  /** UTC date. */
  readonly day: string;
  readonly meter: string;
  readonly aggregation: string;
  /** `''` for a meter whose value goes on: there a change of the unit changes nothing. */
  readonly unit: string;
  /** `dimensionText`. */
  readonly dimensions: string;
  /** Decimal text. */
  readonly quantity: string;
};

/** Dimensions as one text: names in order, each with its value. */
export const dimensionText = (dimensions: Readonly<Record<string, string>>): string =>
  Object.entries(dimensions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flat()
    .join(SEPARATOR);

/** What a recomputation is made from. Files are on this machine. */
export type RecomputeInput = {
  readonly range: Range;
  /** The archive's objects. */
  readonly archive: readonly string[];
  /** JSON lines of the positions that are in quarantine: `{stream, shard, sequence, at_index}`. */
  readonly quarantined: string;
  /** Ids of the backfills that are closed, in the order in which they were. */
  readonly closedBackfills: readonly string[];
  /** Every version of every meter. */
  readonly meters: readonly MeterVersion[];
  /** JSON lines of `LedgerFigure`. */
  readonly ledger: string;
  /** Where the engine may put what does not fit into memory. */
  readonly scratch: string;
};

/** A figure that is not the same on both sides; `undefined`: the side has none. Decimal texts. */
export type FigureDifference = {
  readonly subject: string;
  readonly day: string;
  readonly meter: string;
  readonly aggregation: string;
  readonly dimensions: readonly string[];
  readonly archive: string | undefined;
  readonly ledger: string | undefined;
};

/** What a recomputation found. */
export type Recomputation = {
  readonly lines: number;
  readonly quarantined: number;
  /** Distinct events, and how many of these count (not cancelled, not of an open backfill). */
  readonly events: number;
  readonly counted: number;
  /** Events whose value has more digits than can be held here: then the totals prove nothing. */
  readonly notHeld: number;
  readonly meters: readonly {
    readonly meter: string;
    readonly aggregation: string;
    readonly figures: number;
    readonly different: number;
    readonly subjects: number;
  }[];
  /** The first ones. */
  readonly differences: readonly FigureDifference[];
};

const SHOWN = 50;
const MEMORY = '2GB';
const THREADS = 2;

type Row = Readonly<Record<string, unknown>>;

/** A whole number of 10^-12 as decimal text without trailing zeros. */
const decimalText = (scaled: unknown): string | undefined => {
  if (typeof scaled !== 'string') return undefined;
  const digits = scaled.replace('-', '').padStart(DECIMALS + 1, '0');
  const [whole, fraction] = [digits.slice(0, -DECIMALS), digits.slice(-DECIMALS).replace(/0+$/, '')];
  return `${scaled.startsWith('-') ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
};

const rowsOf = async (connection: DuckDBConnection, sql: string): Promise<Row[]> =>
  (await connection.runAndReadAll(sql)).getRowObjectsJS() as Row[];

/**
 * Computes the totals of every subject, meter, dimensions and UTC day from the archive's lines alone, in SQL, and compares
 * them with what the ledger says. Another engine and another path: nothing of the ledger's own code takes part.
 * `told` hears what is being done.
 */
export const recompute = async (
  input: RecomputeInput,
  told: (text: string) => void = () => undefined,
): Promise<Recomputation> => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`SET temp_directory = ${quoted(input.scratch)}`);
    await connection.run(`SET memory_limit = '${MEMORY}'`);
    await connection.run(`SET threads = ${THREADS}`);
    await connection.run(`SET TimeZone = 'UTC'`);
    for (const macro of MACROS) await connection.run(macro);
    const steps: [string, string][] = [
      ['reading the archive', linesSql(input.archive)],
      ['reading the quarantine', quarantinedSql(input.quarantined)],
      ['finding the distinct events', eventsSql(UPCASTS)],
      ['applying corrections', countedSql(input.closedBackfills)],
      ['measuring', measuredTableSql(measuringVersions(input.meters))],
      ['adding up', totalsSql(input.range)],
      ['reading the ledger', ledgerSql(input.ledger)],
      ['comparing', COMPARED_SQL],
    ];
    for (const [what, sql] of steps) {
      told(what);
      await connection.run(sql);
    }
    const [counts] = await rowsOf(connection, COUNTS_SQL);
    const [notHeld] = await rowsOf(connection, NOT_HELD_SQL);
    return {
      lines: Number(counts?.lines),
      quarantined: Number(counts?.quarantined),
      events: Number(counts?.events),
      counted: Number(counts?.counted),
      notHeld: Number(notHeld?.events),
      meters: (await rowsOf(connection, BY_METER_SQL)) as unknown as Recomputation['meters'],
      differences: (await rowsOf(connection, differencesSql(SHOWN))).map((row) => ({
        subject: String(row.subject),
        day: String(row.day),
        meter: String(row.meter),
        aggregation: String(row.aggregation),
        dimensions: String(row.dimensions).split(SEPARATOR),
        archive: decimalText(row.quantity),
        ledger: decimalText(row.claimed),
      })),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};
