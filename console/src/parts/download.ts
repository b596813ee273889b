import { type CsvColumn, toCsv } from '../format/csv.ts';

/** Hands the rows to the browser as a CSV file. With a byte order mark, so that spreadsheets read it as UTF-8. */
export const downloadCsv = <T>(name: string, columns: readonly CsvColumn<T>[], items: readonly T[]): void => {
  const blob = new Blob(['\ufeff', toCsv(columns, items)], { type: 'text/csv;charset=utf-8' });
  const address = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = `${name}.csv`;
  anchor.click();
  URL.revokeObjectURL(address);
};
