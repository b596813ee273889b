import type { TableProps } from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { CsvColumn } from '../format/csv.ts';
import { Right } from './numbers.tsx';

/** A column of a table and of its CSV. */
export type Column<T> = {
  readonly id: string;
  readonly header: string;
  readonly cell: (item: T) => ReactNode;
  readonly compare?: (a: T, b: T) => number;
  /** What the CSV says; without it the column is not in the CSV. */
  readonly csv?: (item: T) => string | number | undefined;
  /** Right-aligned, and a number in the CSV. */
  readonly numeric?: boolean;
  readonly width?: number;
  readonly minWidth?: number;
};

/** Cloudscape's column definitions of our columns; the first names the row. */
export const definitionsOf = <T,>(columns: readonly Column<T>[]): TableProps.ColumnDefinition<T>[] =>
  columns.map(({ id, header, cell, compare, numeric, width, minWidth }, index) => ({
    id,
    header: numeric ? <Right>{header}</Right> : header,
    cell: numeric ? (item: T) => <Right>{cell(item)}</Right> : cell,
    isRowHeader: index === 0,
    ...(compare ? { sortingComparator: compare } : {}),
    ...(width ? { width } : {}),
    ...(minWidth ? { minWidth } : {}),
  }));

/** The CSV columns of our columns. */
export const csvOf = <T,>(columns: readonly Column<T>[]): CsvColumn<T>[] =>
  columns.flatMap(({ header, csv, numeric }) => (csv ? [{ header, value: csv, numeric: numeric ?? false }] : []));
