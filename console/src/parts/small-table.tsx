import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { type ReactNode, useMemo } from 'react';
import { formatCount } from '../format/amount.ts';
import { useLocale } from '../frame/preferences.tsx';
import { type Column, csvOf, definitionsOf } from './columns.tsx';
import { downloadCsv } from './download.ts';
import { Failure } from './failure.tsx';
import { LoadingRows } from './loading.tsx';

type Props<T> = {
  readonly title: string;
  readonly description?: ReactNode;
  readonly columns: readonly Column<T>[];
  readonly items: readonly T[] | undefined;
  readonly error?: unknown;
  readonly retry?: () => void;
  readonly trackBy: (item: T) => string;
  readonly empty: string;
  readonly csvName: string;
  readonly variant?: TableProps['variant'];
  readonly pageSize?: number;
  readonly footer?: ReactNode;
};

/** A table inside a page: sorted by its columns, paged when long, with its own CSV. */
export const SmallTable = <T,>({ columns, items, error, retry, pageSize = 25, ...props }: Props<T>) => {
  const locale = useLocale();
  const definitions = useMemo(() => definitionsOf(columns), [columns]);
  const {
    items: shown,
    collectionProps,
    paginationProps,
    allPageItems,
  } = useCollection(items ?? [], {
    sorting: {},
    pagination: { pageSize },
  });
  if (error && items === undefined && retry) return <Failure what={props.title} error={error} retry={retry} />;
  const empty = (
    <Box textAlign="center" color="inherit">
      {props.empty}
    </Box>
  );
  return (
    <Table
      variant={props.variant ?? 'container'}
      wrapLines
      items={shown}
      trackBy={props.trackBy}
      columnDefinitions={definitions}
      {...(collectionProps.sortingColumn ? { sortingColumn: collectionProps.sortingColumn } : {})}
      sortingDescending={collectionProps.sortingDescending ?? false}
      {...(collectionProps.onSortingChange ? { onSortingChange: collectionProps.onSortingChange } : {})}
      ariaLabels={{ tableLabel: props.title }}
      empty={items === undefined ? <LoadingRows label={`Reading: ${props.title}`} rows={3} /> : empty}
      {...(props.footer ? { footer: props.footer } : {})}
      {...(paginationProps.pagesCount > 1 ? { pagination: <Pagination {...paginationProps} /> } : {})}
      header={
        <Header
          variant={props.variant === 'embedded' ? 'h3' : 'h2'}
          counter={items === undefined ? '' : `(${formatCount(items.length, locale)})`}
          description={props.description}
          actions={
            <Button
              iconName="download"
              disabled={shown.length === 0}
              onClick={() => downloadCsv(props.csvName, csvOf(columns), allPageItems)}
            >
              Download CSV
            </Button>
          }
        >
          {props.title}
        </Header>
      }
    />
  );
};
