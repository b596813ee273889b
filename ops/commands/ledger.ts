import type { MeteredUsage } from '../../lambdas/usage/types.ts';
import type { ApiClient } from '../api-client.ts';
import { grouped, say, table } from '../print.ts';

type Totals = {
  readonly received: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly late: number;
  readonly quarantined: Readonly<Record<string, number>>;
  readonly unattributed: readonly { readonly subject: string; readonly events: number; readonly firstSeen: string }[];
};
type Verification = { readonly slots: number; readonly appends: number; readonly broken: readonly unknown[] };

/** What came in and what became of it, between two UTC dates. */
export const usageTotals = async (api: ApiClient, start: string, end: string): Promise<void> => {
  const totals = await api.get<Totals>('/usage/totals', { start, end });
  const quarantined = Object.entries(totals.quarantined);
  say(
    table(
      ['what', 'events'],
      [
        ['received', grouped(totals.received)],
        ['accepted', grouped(totals.accepted)],
        ['  of these late', grouped(totals.late)],
        ['duplicate', grouped(totals.duplicate)],
        ...quarantined.map(([code, count]): [string, string] => [`quarantined ${code}`, grouped(count)]),
        ...totals.unattributed.map((u): [string, string] => [`unattributed ${u.subject}`, grouped(u.events)]),
      ],
    ),
  );
};

/** An account's usage in a period, by meter and dimension. */
export const accountUsage = async (api: ApiClient, account: string, start: string, end: string): Promise<void> => {
  const { usage } = await api.get<{ usage: MeteredUsage[] }>(`/accounts/${account}/usage`, { start, end });
  say(
    table(
      ['meter', 'dimensions', 'quantity', 'unit'],
      usage.map((u) => [u.meter, Object.values(u.dimensions).join(', '), grouped(u.quantity), u.unit]),
    ),
  );
};

/** Settles every day that is ended or touched by late usage. */
export const settle = async (api: ApiClient): Promise<void> => {
  const { settledDays } = await api.post<{ settledDays: number }>('/usage/settlements', {});
  say(`Settled ${settledDays} days of usage.`);
};

/** Verifies the hash chains of a subject, or of all. */
export const verifyLedger = async (api: ApiClient, start: string, end: string, subject?: string): Promise<void> => {
  const { slots, appends, broken } = await api.get<Verification>('/ledger/verification', { start, end, subject });
  say(
    `${grouped(appends)} appends in ${grouped(slots)} slots verified: ${broken.length === 0 ? 'every chain is whole' : `${broken.length} BROKEN`}`,
  );
  for (const item of broken) say(JSON.stringify(item));
  if (broken.length > 0) process.exitCode = 1;
};
