/** How wide a table may get: the terminal's width, or what a log viewer shows without scrolling. */
const screenWidth = (): number => Math.max(process.stdout.columns ?? 140, 80);

/** Text cut at spaces into lines of at most `width`; a longer word stands alone. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};

/**
 * Rows as an aligned table with a header; numbers (given as such or as decimal text) are right-aligned. Where the table is
 * wider than `width` (by default the screen), its last column is wrapped.
 */
export const table = (
  columns: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
  width = screenWidth(),
): string => {
  const cells = rows.map((row) => row.map((cell) => (cell === undefined ? '' : String(cell))));
  const widths = columns.map((name, n) => Math.max(name.length, ...cells.map((row) => row[n]?.length ?? 0)));
  const numeric = columns.map(
    (_, n) => cells.length > 0 && cells.every((row) => /^-?[\d,]*\.?\d*$/.test(row[n] ?? '')),
  );
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((sum, each) => sum + each + 2, 0);
  widths[last] = Math.min(widths[last] ?? 0, Math.max(width - before, 30));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, n) => (numeric[n] ? cell.padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0)))
      .join('  ')
      .trimEnd();
  const wrapped = cells.flatMap((row) =>
    wrap(row[last] ?? '', widths[last] ?? 0).map((text, n) =>
      line([...(n === 0 ? row.slice(0, last) : columns.slice(0, last).map(() => '')), text]),
    ),
  );
  return [line(columns), widths.map((each) => '─'.repeat(each)).join('  '), ...wrapped].join('\n');
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

/** The number of an option that takes one, e.g. `--limit`. @throws {Error} that says what it takes. */
export const wholeNumber = (option: string, text: string): number => {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new Error(`${option} takes a whole number from 1, not "${text}"`);
};

/** Writes to standard output. */
export const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
