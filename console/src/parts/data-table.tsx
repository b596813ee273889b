import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CollectionPreferences from '@cloudscape-design/components/collection-preferences';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import PropertyFilter, { type PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { formatCount, plural } from '../format/amount.ts';
import { useKeys } from '../frame/keys.ts';
import { useLocale } from '../frame/preferences.tsx';
import { type Column, csvOf, definitionsOf } from './columns.tsx';
import { downloadCsv } from './download.ts';
import { Failure } from './failure.tsx';
import { LoadingRows } from './loading.tsx';
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
  /** Properties one can filter by, with the text they are compared by. */
  readonly filters: readonly { readonly key: string; readonly label: string; readonly value: (item: T) => string }[];
  readonly initialSort: { readonly id: string; readonly descending: boolean };
  readonly empty: ReactNode;
  readonly actions?: ReactNode;
};

const PAGE_SIZES = [25, 50, 100, 500];
const DEFAULT_PAGE_SIZE = 50;
const OPERATORS: PropertyFilterProps.ComparisonOperator[] = [':', '!:', '=', '!='];

/** Compares what a row says of a property with a token, case aside. */
const holds = (said: string, operator: string, wanted: string): boolean => {
  const [text, value] = [said.toLowerCase(), wanted.toLowerCase()];
  if (operator === '=') return text === value;
  if (operator === '!=') return text !== value;
  return text.includes(value) === (operator === ':');
};

/**
 * The table of a list page: search, filter, sort, pages and the selected row live in the URL; `/` searches, `j` and
 * `k` move, Enter opens; CSV of all rows that are shown by the filter.
 */
export const DataTable = <T,>(props: Props<T>) => {
  const { columns, items, idOf, filters, initialSort, noun } = props;
  const locale = useLocale();
  const [view, change] = useViewState();
  const [pageSize, setPageSize] = useState(DEFAULT_PAGE_SIZE);
  const [visible, setVisible] = useState<readonly string[]>(columns.map(({ id }) => id));
  const search = useRef<PropertyFilterProps.Ref>(null);
  const definitions = useMemo(() => definitionsOf(columns), [columns]);
  const sort = view.sort ?? initialSort;

  const matches = (item: T, query: PropertyFilterProps.Query): boolean => {
    const results = query.tokens.map(({ propertyKey, operator, value }) => {
      const said = filters.filter(({ key }) => propertyKey === undefined || key === propertyKey);
      const check = ({ value: read }: (typeof filters)[number]) => holds(read(item), operator, String(value));
      return operator.startsWith('!') ? said.every(check) : said.some(check);
    });
    return query.operation === 'or' ? results.length === 0 || results.includes(true) : !results.includes(false);
  };

  const collection = useCollection(items ?? [], {
    propertyFiltering: {
      filteringProperties: filters.map(({ key, label }) => ({
        key,
        propertyLabel: label,
        groupValuesLabel: `${label} values`,
        operators: OPERATORS,
      })),
      filteringFunction: matches,
      defaultQuery: view.query,
      empty: props.empty,
      noMatch: (
        <Box textAlign="center" color="inherit">
          <SpaceBetween size="s">
            <b>No {noun} matches the filter</b>
            <Button onClick={() => change({ query: { tokens: [], operation: 'and' }, page: 1 })}>Clear filter</Button>
          </SpaceBetween>
        </Box>
      ),
    },
    sorting: {
      defaultState: {
        sortingColumn: definitions.find(({ id }) => id === sort.id) ?? {},
        isDescending: sort.descending,
      },
    },
    pagination: { pageSize, defaultPage: view.page, allowPageOutOfRange: items === undefined },
    selection: { trackBy: idOf },
  });
  const { actions, collectionProps, propertyFilterProps, paginationProps } = collection;

  // The URL rules: Back, a link or "clear" change it, and the table follows.
  const queryKey = JSON.stringify(view.query);
  const applied = useRef(queryKey);
  useEffect(() => {
    if (applied.current === queryKey) return;
    applied.current = queryKey;
    actions.setPropertyFiltering(view.query);
  });

  const options = useMemo(
    () =>
      filters.flatMap(({ key, value }) =>
        [...new Set((items ?? []).map(value))]
          .filter((text) => text !== '')
          .sort()
          .map((text) => ({ propertyKey: key, value: text })),
      ),
    [filters, items],
  );

  const shown = collection.items;
  const selected = items?.find((item) => idOf(item) === view.row);
  const select = (item: T | undefined) => change({ row: item === undefined ? undefined : idOf(item) });
  const step = (by: number) => {
    const at = shown.findIndex((item) => idOf(item) === view.row);
    const next = shown[at === -1 ? (by > 0 ? 0 : shown.length - 1) : at + by];
    if (next !== undefined) select(next);
  };
  useKeys({
    '/': () => search.current?.focus(),
    j: () => step(1),
    k: () => step(-1),
    enter: () => (selected === undefined ? undefined : props.open(selected)),
  });

  if (props.error && items === undefined) {
    return <Failure what={props.title} error={props.error} retry={props.retry} />;
  }
  const count = collection.filteredItemsCount ?? 0;
  const whole = items?.length ?? 0;
  const csvColumns = csvOf(columns.filter(({ id }) => visible.includes(id)));

  return (
    <Table
      {...(collectionProps as Pick<TableProps<T>, 'sortingDescending' | 'empty'>)}
      {...(collectionProps.sortingColumn ? { sortingColumn: collectionProps.sortingColumn } : {})}
      onSortingChange={({ detail }) => {
        actions.setSorting(detail);
        const column = definitions.find((definition) => definition === detail.sortingColumn);
        change({ sort: column?.id ? { id: column.id, descending: detail.isDescending ?? false } : undefined });
      }}
      variant="full-page"
      stickyHeader
      resizableColumns
      wrapLines={false}
      items={items === undefined ? [] : shown}
      trackBy={idOf}
      columnDefinitions={definitions}
      columnDisplay={columns.map(({ id }) => ({ id, visible: visible.includes(id) }))}
      selectionType="single"
      selectedItems={selected === undefined ? [] : [selected]}
      onSelectionChange={({ detail }) => select(detail.selectedItems[0])}
      onRowClick={({ detail }) => select(detail.item)}
      ariaLabels={{
        tableLabel: props.title,
        selectionGroupLabel: `Select a ${noun}`,
        itemSelectionLabel: (_, item) => `Select ${props.labelOf(item)}`,
      }}
      empty={items === undefined ? <LoadingRows label={`Reading the ${props.plural}`} /> : collectionProps.empty}
      header={
        <Header
          variant="awsui-h1-sticky"
          counter={items === undefined ? '' : `(${formatCount(whole, locale)})`}
          description={props.description}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button
                iconName="download"
                disabled={count === 0}
                onClick={() => downloadCsv(props.plural, csvColumns, collection.allPageItems)}
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
        <PropertyFilter
          {...propertyFilterProps}
          ref={search}
          filteringOptions={options}
          onChange={({ detail }) => {
            actions.setPropertyFiltering(detail);
            change({ query: detail, page: 1 });
          }}
          filteringPlaceholder={`Search ${props.plural} (press /)`}
          filteringAriaLabel={`Search ${props.plural}`}
          countText={plural(count, 'match', locale, 'matches')}
          expandToViewport
          virtualScroll
        />
      }
      pagination={
        <Pagination
          {...paginationProps}
          onChange={({ detail }) => {
            actions.setCurrentPage(detail.currentPageIndex);
            change({ page: detail.currentPageIndex });
          }}
        />
      }
      preferences={
        <CollectionPreferences
          title="Table"
          confirmLabel="Use"
          cancelLabel="Cancel"
          preferences={{
            pageSize,
            contentDisplay: columns.map(({ id }) => ({ id, visible: visible.includes(id) })),
          }}
          pageSizePreference={{
            title: 'Rows on a page',
            options: PAGE_SIZES.map((value) => ({ value, label: `${value} rows` })),
          }}
          contentDisplayPreference={{
            title: 'Columns',
            options: columns.map(({ id, header }, index) => ({ id, label: header, alwaysVisible: index === 0 })),
          }}
          onConfirm={({ detail }) => {
            if (detail.pageSize !== undefined) setPageSize(detail.pageSize);
            if (detail.contentDisplay) {
              setVisible(detail.contentDisplay.filter((column) => column.visible).map(({ id }) => id));
            }
          }}
        />
      }
    />
  );
};
