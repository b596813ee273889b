/** A cell: a text as it is, or a number with so many decimals. */
export type Cell = string | { readonly value: number; readonly decimals: number; readonly unit?: string };

/** A number for a table. */
export const number = (value: number, decimals = 0, unit?: string): Cell => ({
  value,
  decimals,
  ...(unit === undefined ? {} : { unit }),
});

/** Dollars, with four decimals: what counts here is cents per million. */
export const usd = (value: number, decimals = 4): Cell => number(value, decimals);

const textOf = (cell: Cell): string => {
  if (typeof cell === 'string') return cell;
  const { value, decimals, unit } = cell;
  const text = value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return unit === undefined ? text : `${text} ${unit}`;
};

/** Rows below their headings, the first column to the left and numbers to the right. */
export const table = (headings: readonly string[], rows: readonly (readonly Cell[])[]): string => {
  const texts = [headings, ...rows.map((row) => row.map(textOf))];
  const widths = headings.map((_, column) => Math.max(...texts.map((row) => (row[column] ?? '').length)));
  const isText = headings.map((_, column) => column === 0 || rows.every((row) => typeof row[column] === 'string'));
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => (isText[column] ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(headings), line(widths.map((width) => '─'.repeat(width))), ...texts.slice(1).map(line)]
    .map((text) => `  ${text}`)
    .join('\n');
};
