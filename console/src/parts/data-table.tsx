import type { PropertyFilterQuery } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import Skeleton from '@cloudscape-design/components/skeleton';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { lazy, type ReactNode, Suspense, useMemo, useRef, useState } from 'react';
import { formatCount, plural } from '../format/amount.ts';
import { useKeys } from '../frame/keys.ts';
import { useLocale } from '../frame/preferences.tsx';
import { type Column, csvOf, definitionsOf } from './columns.tsx';
import { downloadCsv } from './download.ts';
import { Failure } from './failure.tsx';
import { type Filter, matches, optionsOf } from './filters.ts';
import { LoadingRows } from './loading.tsx';
import { useRowInSight } from './row-in-sight.ts';
import type { TableView } from './table-preferences.tsx';
import { useViewState } from './view-state.ts';

type Props<T> = {
  readonly title: string;
  /** `document` and `documents`: for counts and messages. */
  readonly noun: string;
  readonly plural: string;
  readonly description?: ReactNode;
  readonly columns: readonly Column<T>[];
  readonly items: readonly T[] | undefined;
  readonly error: unknown;
  readonly retry: () => void;
  readonly idOf: (item: T) => string;
  readonly labelOf: (item: T) => string;
  readonly open: (item: T) => void;
  readonly filters: readonly Filter<T>[];
  /** Long lists are searched by property, short ones by text. */
  readonly search: 'text' | 'properties';
  readonly initialSort: { readonly id: string; readonly descending: boolean };
  readonly empty: ReactNode;
  readonly actions?: ReactNode;
  /** What stands above the search: what narrows the list down before it is read. */
  readonly scope?: ReactNode;
};

const TablePreferences = lazy(() => import('./table-preferences.tsx'));
const PropertySearch = lazy(() => import('./property-search.tsx'));

const DEFAULT_PAGE_SIZE = 50;
const NO_QUERY: PropertyFilterQuery = { tokens: [], operation: 'and' };

const textQuery = (text: string): PropertyFilterQuery =>
  text === '' ? NO_QUERY : { tokens: [{ operator: ':', value: text }], operation: 'and' };

/**
 * The table of a list page: search, filter, sort, page and the chosen row live in the URL; `/` searches, `j` and `k`
 * move, Enter opens; CSV of all rows that the filter shows, in their order.
 */
export const DataTable = <T,>(props: Props<T>) => {
  const { columns, items, idOf, filters, initialSort, noun } = props;
  const locale = useLocale();
  const [view, change] = useViewState();
  const [tableView, setTableView] = useState<TableView>({
    pageSize: DEFAULT_PAGE_SIZE,
    visible: columns.map(({ id }) => id),
  });
  const { pageSize, visible } = tableView;
  const search = useRef<{ focus(): void }>(null);
  const definitions = useMemo(() => definitionsOf(columns), [columns]);
  const sort = view.sort ?? initialSort;
  const { query } = view;

  const rows = useMemo(() => {
    const compare = columns.find(({ id }) => id === sort.id)?.compare ?? (() => 0);
    const sign = sort.descending ? -1 : 1;
    return (items ?? [])
      .filter((item) => matches(filters, item, query))
      .sort((a, b) => sign * compare(a, b) || idOf(a).localeCompare(idOf(b)));
  }, [items, columns, filters, query, sort.id, sort.descending, idOf]);

  const options = useMemo(() => optionsOf(filters, items ?? []), [filters, items]);
  const pages = Math.max(1, Math.ceil(rows.length / pageSize));
  const page = Math.min(view.page, pages);
  const shown = rows.slice((page - 1) * pageSize, page * pageSize);
  const selected = items?.find((item) => idOf(item) === view.row);
  const select = (item: T | undefined) => change({ row: item === undefined ? undefined : idOf(item) });
  const step = (by: number) => {
    const at = shown.findIndex((item) => idOf(item) === view.row);
    const next = shown[at === -1 ? (by > 0 ? 0 : shown.length - 1) : at + by];
    if (next !== undefined) select(next);
  };
  const filter = (next: PropertyFilterQuery) => change({ query: next, page: 1 });
  useRowInSight(view.row);
  useKeys({
    '/': () => search.current?.focus(),
    j: () => step(1),
    k: () => step(-1),
    enter: () => (selected === undefined ? undefined : props.open(selected)),
  });

  if (props.error && items === undefined) {
    return (
      <SpaceBetween size="m">
        <Header variant="h1">{props.title}</Header>
        <Failure what={props.title} error={props.error} retry={props.retry} />
      </SpaceBetween>
    );
  }
  const countText = plural(rows.length, 'match', locale, 'matches');
  const searchLabel = `Search ${props.plural}`;
  const sorted = definitions.find(({ id }) => id === sort.id);

  return (
    <Table
      variant="full-page"
      stickyHeader
      resizableColumns
      items={shown}
      trackBy={idOf}
      columnDefinitions={definitions}
      visibleColumns={visible}
      {...(sorted ? { sortingColumn: sorted } : {})}
      sortingDescending={sort.descending}
      onSortingChange={({ detail }) => {
        const column = definitions.find(({ sortingComparator }) => {
          return sortingComparator !== undefined && sortingComparator === detail.sortingColumn.sortingComparator;
        });
        change({ sort: column?.id ? { id: column.id, descending: detail.isDescending ?? false } : undefined });
      }}
      selectionType="single"
      selectedItems={selected === undefined ? [] : [selected]}
      onSelectionChange={({ detail }) => select(detail.selectedItems[0])}
      onRowClick={({ detail }) => select(detail.item)}
      ariaLabels={{
        tableLabel: props.title,
        selectionGroupLabel: `Select a ${noun}`,
        itemSelectionLabel: (_, item) => `Select ${props.labelOf(item)}`,
      }}
      empty={
        items === undefined ? (
          <LoadingRows label={`Reading the ${props.plural}`} />
        ) : items.length === 0 ? (
          props.empty
        ) : (
          <NoMatch noun={noun} clear={() => filter(NO_QUERY)} />
        )
      }
      header={
        <Header
          variant="awsui-h1-sticky"
          counter={items === undefined ? '' : `(${formatCount(items.length, locale)})`}
          description={props.description}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button
                iconName="download"
                disabled={rows.length === 0}
                onClick={() => downloadCsv(props.plural, csvOf(columns.filter(({ id }) => visible.includes(id))), rows)}
              >
                Download CSV
              </Button>
              {props.actions}
            </SpaceBetween>
          }
        >
          {props.title}
        </Header>
      }
      filter={
        <SpaceBetween size="m">
          {props.scope}
          {props.search === 'properties' ? (
            <Suspense fallback={<Skeleton height="2em" />}>
              <PropertySearch
                ref={search}
                label={searchLabel}
                countText={countText}
                filters={filters}
                options={options}
                query={query}
                change={filter}
              />
            </Suspense>
          ) : (
            <TextFilter
              ref={search}
              filteringText={String(query.tokens[0]?.value ?? '')}
              filteringPlaceholder={`${searchLabel} (press /)`}
              filteringAriaLabel={searchLabel}
              countText={query.tokens.length > 0 ? countText : ''}
              onChange={({ detail }) => filter(textQuery(detail.filteringText))}
            />
          )}
        </SpaceBetween>
      }
      pagination={
        <Pagination
          currentPageIndex={page}
          pagesCount={pages}
          onChange={({ detail }) => change({ page: detail.currentPageIndex })}
        />
      }
      preferences={
        <Suspense fallback={null}>
          <TablePreferences columns={columns} view={tableView} change={setTableView} />
        </Suspense>
      }
    />
  );
};

const NoMatch = ({ noun, clear }: { noun: string; clear: () => void }) => (
  <Box textAlign="center" color="inherit">
    <SpaceBetween size="s">
      <b>No {noun} matches the search</b>
      <Button onClick={clear}>Clear the search</Button>
    </SpaceBetween>
  </Box>
);
