import type { PropertyFilterQuery } from '@cloudscape-design/collection-hooks';
import { useCallback, useMemo } from 'react';
import { useLocation, useSearchParams } from 'react-router';

/** The state of a table's view, kept in the URL: every view is a link one can send. */
export type ViewState = {
  readonly query: PropertyFilterQuery;
  readonly sort: { readonly id: string; readonly descending: boolean } | undefined;
  readonly page: number;
  readonly row: string | undefined;
};

const OPERATOR = /^([A-Za-z]+)(!:|!=|>=|<=|:|=|>|<)(.*)$/s;

const tokenOf = (text: string): PropertyFilterQuery['tokens'][number] => {
  const match = text.startsWith('~') ? null : OPERATOR.exec(text);
  if (!match) return { operator: ':', value: text.replace(/^~/, '') };
  const [, propertyKey = '', operator = ':', value = ''] = match;
  return { propertyKey, operator, value };
};

const textOf = ({ propertyKey, operator, value }: PropertyFilterQuery['tokens'][number]): string =>
  propertyKey === undefined ? `~${value}` : `${propertyKey}${operator}${value}`;

/** Reads a view from a URL's parameters. */
export const readView = (parameters: URLSearchParams): ViewState => {
  const sort = parameters.get('sort');
  const page = Number.parseInt(parameters.get('page') ?? '1', 10);
  return {
    query: {
      operation: parameters.get('match') === 'any' ? 'or' : 'and',
      tokens: parameters.getAll('filter').map(tokenOf),
    },
    sort: sort ? { id: sort.replace(/^-/, ''), descending: sort.startsWith('-') } : undefined,
    page: page > 0 ? page : 1,
    row: parameters.get('row') ?? undefined,
  };
};

/** Writes what changed into the parameters; what is default stays out. */
export const writeView = (before: URLSearchParams, change: Partial<ViewState>): URLSearchParams => {
  const after = new URLSearchParams(before);
  const set = (key: string, value: string | undefined) =>
    value === undefined ? after.delete(key) : after.set(key, value);
  if (change.query) {
    after.delete('filter');
    for (const token of change.query.tokens) after.append('filter', textOf(token));
    set('match', change.query.operation === 'or' ? 'any' : undefined);
  }
  if ('sort' in change) set('sort', change.sort && `${change.sort.descending ? '-' : ''}${change.sort.id}`);
  if (change.page !== undefined) set('page', change.page === 1 ? undefined : String(change.page));
  if ('row' in change) set('row', change.row);
  return after;
};

/** The view in the URL and how to change it; changes replace the history's entry, so that Back leaves the page. */
export const useViewState = (): [ViewState, (change: Partial<ViewState>) => void] => {
  const { pathname } = useLocation();
  const [parameters, setParameters] = useSearchParams();
  const view = useMemo(() => readView(parameters), [parameters]);
  const change = useCallback(
    (part: Partial<ViewState>) => {
      // A click on a link in a row is a click on the row too: who has left this page has no view of it to change.
      if (window.location.pathname !== pathname) return;
      setParameters((before) => writeView(before, part), { replace: true });
    },
    [setParameters, pathname],
  );
  return [view, change];
};
