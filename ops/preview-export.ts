import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AccountPreview } from '../lambdas/preview/types.ts';

/** One row per period of a contract. Amounts are the decimal texts of the API. */
const COLUMNS = [
  'account',
  'name',
  'contract',
  'period_start',
  'period_end',
  'running',
  'currency',
  'before',
  'after',
  'difference',
  'problem',
  'usage_hash',
] as const;

const rowsOf = (accounts: readonly AccountPreview[]): string[][] =>
  accounts.flatMap(({ account, name, periods }) =>
    periods.map((period) => [
      account,
      name,
      period.contract,
      period.start,
      period.end,
      String(period.running === true),
      period.currency,
      period.before ?? '',
      period.after ?? '',
      period.difference ?? '',
      period.problem ?? '',
      period.usageHash,
    ]),
  );

/** Columns of text that people write: what a spreadsheet would run as a formula is disarmed. */
const WRITTEN = new Set(['name', 'problem']);

const field = (text: string, column: string): string => {
  const safe = WRITTEN.has(column) && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** All periods of all accounts as CSV (RFC 4180), in the order of the report. */
export const previewCsv = (accounts: readonly AccountPreview[]): string => {
  const lines = rowsOf(accounts).map((row) => row.map((text, n) => field(text, COLUMNS[n] ?? '')).join(','));
  return `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`;
};

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Amounts as exact decimals, dates as dates: nothing is a binary float. Four decimals hold every currency. */
const TYPED = `SELECT account, name, contract, CAST(period_start AS DATE) AS period_start, CAST(period_end AS DATE) AS period_end,
  CAST(running AS BOOLEAN) AS running, currency, CAST(nullif(before, '') AS DECIMAL(38, 4)) AS before,
  CAST(nullif(after, '') AS DECIMAL(38, 4)) AS after, CAST(nullif(difference, '') AS DECIMAL(38, 4)) AS difference,
  nullif(problem, '') AS problem, usage_hash`;

/** The same rows as a Parquet file, written by DuckDB in one thread: the same rows give the same bytes. */
const writeParquet = async (file: string, accounts: readonly AccountPreview[]): Promise<void> => {
  // Only who asks for Parquet loads the engine.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const folder = mkdtempSync(path.join(tmpdir(), 'meterbridge-preview-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const rows = path.join(folder, 'rows.json');
    const lines = rowsOf(accounts).map((row) =>
      JSON.stringify(Object.fromEntries(COLUMNS.map((column, n) => [column, row[n]]))),
    );
    writeFileSync(rows, lines.join('\n'));
    const columns = COLUMNS.map((column) => `${column}: 'VARCHAR'`).join(', ');
    await connection.run('SET threads = 1');
    await connection.run(
      `COPY (${TYPED} FROM read_json(${quoted(rows)}, format = 'newline_delimited', columns = {${columns}})) TO ${quoted(file)} (FORMAT parquet)`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true });
  }
};

/** Writes a file by its ending. @throws {Error} that says which endings there are. */
export const exportPreview = async (file: string, accounts: readonly AccountPreview[]): Promise<void> => {
  if (file.endsWith('.csv')) writeFileSync(file, previewCsv(accounts));
  else if (file.endsWith('.parquet')) await writeParquet(file, accounts);
  else throw new Error(`--export takes a file that ends in .csv or .parquet, not "${file}"`);
};
