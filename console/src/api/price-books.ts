import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  BookDiff,
  BookVersion,
  BookView,
  Publication,
  PublicationSummary,
} from '../../../lambdas/catalog/types.ts';
import { useApi } from './queries.ts';
import type { ListOf } from './types.ts';

/** What the console reads and does about price books and the publications that they come by. */

/** So often is looked whether something waits: people wait for each other here. */
const PACE = 30_000;

const withQuery = (path: string, query: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
};

/** Every version of every book. */
export const usePriceBooks = (): UseQueryResult<readonly BookVersion[]> => {
  const api = useApi();
  return useQuery({
    queryKey: ['price-books'],
    queryFn: async ({ signal }) => (await api.get<ListOf<BookVersion>>('/v1/catalog/price-books', signal)).items,
    refetchInterval: PACE,
  });
};

/** One version with its prices in words; `undefined` is the one in force. */
export const usePriceBook = (id: string, version: string | undefined): UseQueryResult<BookView> => {
  const api = useApi();
  return useQuery({
    queryKey: ['price-books', id, version ?? 'in force'],
    queryFn: ({ signal }) =>
      api.get<BookView>(withQuery(`/v1/catalog/price-books/${encodeURIComponent(id)}`, { version }), signal),
  });
};

/** What the second of two versions says otherwise; not asked for without a first one. */
export const useBookDiff = (id: string, from: string | undefined, to: string | undefined): UseQueryResult<BookDiff> => {
  const api = useApi();
  return useQuery({
    queryKey: ['price-books', id, 'diff', from, to ?? 'in force'],
    enabled: from !== undefined,
    queryFn: ({ signal }) =>
      api.get<BookDiff>(withQuery(`/v1/catalog/price-book/${encodeURIComponent(id)}/diff`, { from, to }), signal),
  });
};

export const usePublications = (): UseQueryResult<readonly PublicationSummary[]> => {
  const api = useApi();
  return useQuery({
    queryKey: ['publications'],
    queryFn: async ({ signal }) =>
      (await api.get<ListOf<PublicationSummary>>('/v1/catalog/publications', signal)).items,
    refetchInterval: PACE,
  });
};

export const usePublication = (id: string): UseQueryResult<Publication> => {
  const api = useApi();
  return useQuery({
    queryKey: ['publications', id],
    queryFn: ({ signal }) => api.get<Publication>(`/v1/catalog/publications/${encodeURIComponent(id)}`, signal),
  });
};

const useChange = <R>(change: (request: R) => Promise<unknown>) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    // Also after a refusal: somebody else may have decided.
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['publications'] }),
        client.invalidateQueries({ queryKey: ['price-books'] }),
      ]),
  });
};

/** Publishes what was seen: `hash` is its. */
export const usePublish = (id: string) => {
  const api = useApi();
  return useChange((hash: string) =>
    api.post<unknown>(`/v1/catalog/publications/${encodeURIComponent(id)}/approval`, { hash }),
  );
};

/** Submits one's own draft, with the warnings that are accepted by their keys. */
export const useSubmit = (id: string) => {
  const api = useApi();
  return useChange((accept: readonly string[]) =>
    api.post<unknown>(`/v1/catalog/publications/${encodeURIComponent(id)}/submission`, { accept }),
  );
};
