import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useMemo } from 'react';
import type { CloseRecord } from '../../../lambdas/close/types.ts';
import { wordOfDelivery } from '../format/state.ts';
import { type ApiClient, ApiError } from './client.ts';
import type {
  AccountProgress,
  CloseAnswer,
  DecisionRequest,
  DocumentAnswer,
  DocumentRow,
  LineEvent,
  ListOf,
  Reconciliation,
} from './types.ts';

/** Server state: one hook per thing the console reads or does. */

const ApiContext = createContext<ApiClient | undefined>(undefined);
export const ApiProvider = ApiContext.Provider;

/** The API of the signed-in person. */
export const useApi = (): ApiClient => {
  const api = useContext(ApiContext);
  if (!api) throw new Error('used outside of the API');
  return api;
};

const MOST_PAGES = 500;

/** Every item of a list, page after page. */
const all = async <T>(api: ApiClient, path: string, signal: AbortSignal): Promise<readonly T[]> => {
  const items: T[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const mark = after === undefined ? '' : `${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(after)}`;
    const answer: ListOf<T> = await api.get(`${path}${mark}`, signal);
    items.push(...answer.items);
    if (answer.next === undefined) return items;
    after = answer.next;
  }
  throw new Error(`the list has more than ${MOST_PAGES} pages`);
};

/** How soon to look again: often while work runs, now and then while people or others are waited for. */
const closePace = (close: CloseRecord | undefined): number | false => {
  if (close === undefined) return false;
  if (close.status === 'running' || close.steps.post.state === 'running') return 1_500;
  return close.status === 'needs you' ? 5_000 : false;
};

export const useCloses = (): UseQueryResult<readonly CloseRecord[]> => {
  const api = useApi();
  return useQuery({
    queryKey: ['closes'],
    queryFn: ({ signal }) => all<CloseRecord>(api, '/v1/closes', signal),
    refetchInterval: ({ state }) => {
      const paces = (state.data ?? []).map(closePace).filter((pace) => pace !== false);
      return paces.length === 0 ? 30_000 : Math.max(3_000, Math.min(...paces));
    },
  });
};

export const useClose = (closeId: string | undefined): UseQueryResult<CloseAnswer> => {
  const api = useApi();
  return useQuery({
    queryKey: ['close', closeId],
    enabled: closeId !== undefined,
    queryFn: ({ signal }) => api.get<CloseAnswer>(`/v1/closes/${encodeURIComponent(closeId ?? '')}`, signal),
    refetchInterval: ({ state }) => closePace(state.data?.close),
  });
};

export const useCloseAccounts = (close: CloseRecord): UseQueryResult<readonly AccountProgress[]> => {
  const api = useApi();
  return useQuery({
    queryKey: ['close', close.closeId, 'accounts'],
    queryFn: ({ signal }) =>
      all<AccountProgress>(api, `/v1/closes/${encodeURIComponent(close.closeId)}/accounts`, signal),
    refetchInterval: close.status === 'running' ? 4_000 : false,
  });
};

/** What the ERP's books say about a close; `null` while they were not compared yet. */
export const useReconciliation = (close: CloseRecord): UseQueryResult<Reconciliation | null> => {
  const api = useApi();
  return useQuery({
    queryKey: ['close', close.closeId, 'reconciliation'],
    queryFn: async ({ signal }) => {
      try {
        return await api.get<Reconciliation>(`/v1/closes/${encodeURIComponent(close.closeId)}/reconciliation`, signal);
      } catch (error) {
        if (error instanceof ApiError && error.code === 'NOT_RECONCILED') return null;
        throw error;
      }
    },
    enabled: close.steps.reconcile.state !== 'open',
    refetchInterval: close.steps.reconcile.state === 'running' ? 4_000 : false,
  });
};

/** How many closes the list of all documents looks back; older ones are a link away, on their close. */
export const CLOSES_BACK = 6;

const documentsOf = (api: ApiClient, closeId: string, signal: AbortSignal): Promise<readonly DocumentRow[]> =>
  all<DocumentRow>(api, `/v1/documents?closeId=${encodeURIComponent(closeId)}`, signal);

/** The documents of a close, or of the newest closes. */
export const useDocuments = (closeId: string | undefined): UseQueryResult<readonly DocumentRow[]> => {
  const api = useApi();
  return useQuery({
    queryKey: ['documents', closeId ?? 'newest'],
    queryFn: async ({ signal }) => {
      if (closeId !== undefined) return documentsOf(api, closeId, signal);
      const closes = await all<CloseRecord>(api, '/v1/closes', signal);
      const newest = closes.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt)).slice(0, CLOSES_BACK);
      return (await Promise.all(newest.map((close) => documentsOf(api, close.closeId, signal)))).flat();
    },
    refetchInterval: ({ state }) => {
      const rows = state.data ?? [];
      const moving = rows.some(({ delivery }) => ['running', 'waiting'].includes(wordOfDelivery(delivery?.state)));
      return moving ? (rows.length > 300 ? 30_000 : 3_000) : false;
    },
  });
};

export const useDocument = (documentId: string): UseQueryResult<DocumentAnswer> => {
  const api = useApi();
  return useQuery({
    queryKey: ['document', documentId],
    queryFn: ({ signal }) => api.get<DocumentAnswer>(`/v1/documents/${encodeURIComponent(documentId)}`, signal),
    refetchInterval: ({ state }) =>
      ['running', 'waiting'].includes(wordOfDelivery(state.data?.delivery?.state)) ? 3_000 : false,
  });
};

/** One page of the very events behind a line. */
export const useLineEvents = (lineId: string, after: string | undefined): UseQueryResult<ListOf<LineEvent>> => {
  const api = useApi();
  return useQuery({
    queryKey: ['line', lineId, 'events', after ?? ''],
    queryFn: ({ signal }) =>
      api.get<ListOf<LineEvent>>(
        `/v1/lines/${encodeURIComponent(lineId)}/events${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`,
        signal,
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
};

export const useStartClose = () => {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ start, end, key }: { start: string; end: string; key: string }) =>
      api.post<{ closeId: string }>('/v1/closes', { start, end }, { 'idempotency-key': key }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['closes'] }),
  });
};

export const useDecision = (closeId: string, manifestId: string) => {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: DecisionRequest) =>
      api.post<unknown>(
        `/v1/closes/${encodeURIComponent(closeId)}/manifests/${encodeURIComponent(manifestId)}/decision`,
        request,
      ),
    // Also after a refusal: a stale or decided manifest must be shown as it is now.
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['close', closeId] }),
        client.invalidateQueries({ queryKey: ['closes'] }),
        client.invalidateQueries({ queryKey: ['documents'] }),
      ]),
  });
};

export const useResolution = (closeId: string, exceptionId: string) => {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: { decision: string; reason: string }) =>
      api.post<unknown>(`/v1/exceptions/${encodeURIComponent(exceptionId)}/resolution`, request),
    onSettled: () => client.invalidateQueries({ queryKey: ['close', closeId] }),
  });
};

/** Names of accounts and entities. While or where they cannot be had, ids are shown: nothing waits for names. */
export type Names = { readonly account: (id: string) => string; readonly entity: (id: string) => string };

const nameMap = (
  items: readonly { readonly id?: string; readonly name?: string; readonly body?: { name?: string } }[],
) =>
  new Map(items.flatMap(({ id, name, body }) => (id && (name ?? body?.name) ? [[id, name ?? body?.name ?? id]] : [])));

export const useNames = (): Names => {
  const api = useApi();
  const names = (kind: string) => ({
    queryKey: ['names', kind],
    queryFn: async ({ signal }: { signal: AbortSignal }) => nameMap(await all(api, `/v1/catalog/${kind}`, signal)),
    staleTime: 300_000,
    retry: false,
  });
  const accounts = useQuery(names('account')).data;
  const entities = useQuery(names('entity')).data;
  return useMemo(
    () => ({ account: (id) => accounts?.get(id) ?? id, entity: (id) => entities?.get(id) ?? id }),
    [accounts, entities],
  );
};
