import { keepPreviousData, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Job } from '../../../lambdas/usage/jobs/jobs.ts';
import type { ManyTotals } from '../../../lambdas/usage/quarantine/decide-many.ts';
import type { JsonChange, ShownJson } from '../../../lambdas/usage/quarantine/json-text.ts';
import type { Judgement } from '../../../lambdas/usage/quarantine/judge-release.ts';
import type { QuarantineFilter, QuarantineOutcome } from '../../../lambdas/usage/quarantine/quarantine.ts';
import type { QuarantineCount, QuarantineEntry, QuarantineSummary } from '../../../lambdas/usage/types.ts';
import { useApi } from './queries.ts';
import type { ListOf } from './types.ts';

/** What the console reads and does in the quarantine. */

export type { JsonChange, Judgement, ManyTotals, QuarantineFilter, QuarantineOutcome, ShownJson };

/** The entries that a filter means, as far as they were read. */
export type QuarantineList = { readonly items: readonly QuarantineSummary[]; readonly more: boolean };

/** One entry, whole. */
export type QuarantineDetail = {
  readonly entry: QuarantineEntry;
  readonly shown?: ShownJson;
  readonly changes?: readonly JsonChange[];
  readonly refusedAgain: readonly QuarantineSummary[];
};

/** What would become of a line. */
export type Judged = {
  readonly judgement: Judgement;
  readonly changes: readonly JsonChange[];
  readonly shown?: ShownJson;
};

/** What was decided about one entry. */
export type Decided = {
  readonly entry: QuarantineSummary;
  readonly changes?: readonly JsonChange[];
  readonly auditSequence?: number;
};

/** A decision about many: how it stands, and what came of it. */
export type ManyJob = Omit<Job, 'result'> & { readonly result?: ManyTotals };

/** So many pages of a list are read; more than that nobody looks through. */
const MOST_PAGES = 20;

const addressOf = (filter: QuarantineFilter): string => {
  const given = Object.entries(filter).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return `/v1/quarantine?${new URLSearchParams(given)}`;
};

const entryPath = (id: string): string => `/v1/quarantine/${encodeURIComponent(id)}`;

export const useQuarantine = (filter: QuarantineFilter): UseQueryResult<QuarantineList> => {
  const api = useApi();
  return useQuery({
    queryKey: ['quarantine', 'list', filter],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const items: QuarantineSummary[] = [];
      let after: string | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const mark = after === undefined ? '' : `&after=${encodeURIComponent(after)}`;
        const answer: ListOf<QuarantineSummary> = await api.get(`${addressOf(filter)}${mark}`, signal);
        items.push(...answer.items);
        after = answer.next;
        if (after === undefined) break;
      }
      return { items, more: after !== undefined };
    },
    refetchInterval: 60_000,
  });
};

export const useQuarantineCounts = (): UseQueryResult<readonly QuarantineCount[]> => {
  const api = useApi();
  return useQuery({
    queryKey: ['quarantine', 'counts'],
    queryFn: async ({ signal }) => (await api.get<ListOf<QuarantineCount>>('/v1/quarantine/counts', signal)).items,
    refetchInterval: 60_000,
  });
};

export const useQuarantineEntry = (id: string): UseQueryResult<QuarantineDetail> => {
  const api = useApi();
  return useQuery({
    queryKey: ['quarantine', 'entry', id],
    queryFn: ({ signal }) => api.get<QuarantineDetail>(entryPath(id), signal),
    // What was released may come back, refused again.
    refetchInterval: ({ state }) => (state.data?.entry.state === 'released' ? 5_000 : false),
  });
};

/** What would become of the line; `body` is the line as it was edited, `undefined` as it came. */
export const useJudgement = (id: string, body: string | undefined): UseQueryResult<Judged> => {
  const api = useApi();
  return useQuery({
    queryKey: ['quarantine', 'judgement', id, body],
    placeholderData: keepPreviousData,
    queryFn: () => api.post<Judged>(`${entryPath(id)}/judgement`, body === undefined ? {} : { body }),
    // What is judged now may be judged otherwise in a moment: a schema comes, a backfill is closed.
    staleTime: 10_000,
  });
};

const useChange = <R, A>(change: (request: R) => Promise<A>) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    // Also after a refusal: somebody else may have decided.
    onSettled: () => client.invalidateQueries({ queryKey: ['quarantine'] }),
  });
};

export const useRelease = (id: string) => {
  const api = useApi();
  return useChange((request: { readonly note: string; readonly body?: string; readonly force?: boolean }) =>
    api.post<Decided>(`${entryPath(id)}/release`, request),
  );
};

export const useWriteOff = (id: string) => {
  const api = useApi();
  return useChange((request: { readonly reason: string }) => api.post<Decided>(`${entryPath(id)}/write-off`, request));
};

/** Decides about all that a filter means, or only says what would be. Answers the job that does it. */
export const useDecideMany = (what: 'releases' | 'write-offs') => {
  const api = useApi();
  return useChange(({ filter, why, preview }: { filter: QuarantineFilter; why: string; preview: boolean }) =>
    api.post<ManyJob>(`/v1/quarantine/${what}`, {
      filter,
      [what === 'releases' ? 'note' : 'reason']: why,
      preview,
    }),
  );
};

/** How a decision about many stands. When it has ended, what is shown of the quarantine is read anew. */
export const useManyJob = (jobId: string | undefined): UseQueryResult<ManyJob> => {
  const api = useApi();
  const client = useQueryClient();
  const job = useQuery({
    queryKey: ['job', jobId],
    enabled: jobId !== undefined,
    queryFn: ({ signal }) => api.get<ManyJob>(`/v1/jobs/${encodeURIComponent(jobId ?? '')}`, signal),
    refetchInterval: ({ state }) =>
      state.data === undefined || ['waiting', 'running'].includes(state.data.state) ? 1_000 : false,
  });
  const hasEnded = job.data?.endedAt !== undefined;
  useEffect(() => {
    if (hasEnded) void client.invalidateQueries({ queryKey: ['quarantine'] });
  }, [hasEnded, client]);
  return job;
};

/** The first entries that a decision about many left as they were, and why. */
export const useOutcomes = (jobId: string, enabled: boolean): UseQueryResult<ListOf<QuarantineOutcome>> => {
  const api = useApi();
  return useQuery({
    queryKey: ['job', jobId, 'outcomes'],
    enabled,
    queryFn: ({ signal }) =>
      api.get<ListOf<QuarantineOutcome>>(`/v1/quarantine/outcomes/${encodeURIComponent(jobId)}`, signal),
  });
};
