/** Rows as an aligned table with a header; numbers (given as such or as decimal text) are right-aligned. */
export const table = (
  columns: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): string => {
  const cells = rows.map((row) => row.map((cell) => (cell === undefined ? '' : String(cell))));
  const widths = columns.map((name, n) => Math.max(name.length, ...cells.map((row) => row[n]?.length ?? 0)));
  const numeric = columns.map(
    (_, n) => cells.length > 0 && cells.every((row) => /^-?[\d,]*\.?\d*$/.test(row[n] ?? '')),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, n) => (numeric[n] ? cell.padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(columns), widths.map((width) => '─'.repeat(width)).join('  '), ...cells.map(line)].join('\n');
};

/** `1234567.5` as `1,234,567.5`. */
export const grouped = (decimal: string | number): string => {
  const [whole = '', fraction] = String(decimal).split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`);
};

/** `3 s`, `4 min`, `5 h`, `2 d`. */
export const age = (seconds: number): string => {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
};

/** Writes to standard output. */
export const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
