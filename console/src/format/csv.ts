/** CSV (RFC 4180) of what is shown. */

export type CsvColumn<T> = {
  readonly header: string;
  /** Decimal strings go out exactly as the API gave them. */
  readonly value: (item: T) => string | number | undefined;
  /** A number is written as it is; text that a spreadsheet would run as a formula is disarmed. */
  readonly numeric?: boolean;
};

const field = (value: string | number | undefined, numeric: boolean): string => {
  const raw = value === undefined ? '' : String(value);
  const safe = !numeric && /^[=+\-@\t\r]/.test(raw) ? `'${raw}` : raw;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** The rows as CSV text with a header line. */
export const toCsv = <T>(columns: readonly CsvColumn<T>[], items: readonly T[]): string =>
  [
    columns.map((column) => field(column.header, false)).join(','),
    ...items.map((item) => columns.map((column) => field(column.value(item), column.numeric ?? false)).join(',')),
  ].join('\r\n');
