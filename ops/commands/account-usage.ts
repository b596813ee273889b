import type { MeteredUsage } from '../../lambdas/usage/types.ts';
import type { ApiClient } from '../api-client.ts';
import { grouped, say, table } from '../print.ts';

/** What an account's usage is asked for. Without dates: the running period of its contract, to date. */
export type AccountUsageOptions = {
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly meter?: string;
  /** By `slot` (15 minutes), `hour` or `day`; without it the whole period at once. */
  readonly window?: string;
};

type Period = { readonly start: string; readonly end: string; readonly zone: string };
type Whole = { readonly period: Period; readonly usage: readonly MeteredUsage[] };
type Window = { readonly from: string; readonly to: string; readonly usage: readonly MeteredUsage[] };
type Page = { readonly period: Period; readonly items: readonly Window[]; readonly next?: string };

const title = ({ start, end, zone }: Period): string => `From ${start} to before ${end}, ${zone}`;
const cellsOf = ({ meter, dimensions, quantity, unit }: MeteredUsage): string[] => [
  meter,
  Object.values(dimensions).join(', '),
  grouped(quantity),
  unit,
];

/** An account's usage by meter and dimension: of a period, or window by window. */
export const accountUsage = async (api: ApiClient, account: string, options: AccountUsageOptions): Promise<void> => {
  const path = `/accounts/${encodeURIComponent(account)}/usage`;
  if (options.window === undefined) {
    const { period, usage } = await api.get<Whole>(path, { ...options });
    say(`${title(period)}\n`);
    return say(
      usage.length === 0 ? 'No usage.' : table(['meter', 'dimensions', 'quantity', 'unit'], usage.map(cellsOf)),
    );
  }
  const rows: string[][] = [];
  let page: Page = await api.get<Page>(path, { ...options });
  say(`${title(page.period)}, by ${options.window} (times are UTC; windows without usage are left out)\n`);
  for (;;) {
    for (const { from, usage } of page.items) {
      rows.push(...usage.map((row) => [from.slice(0, 16).replace('T', ' '), ...cellsOf(row)]));
    }
    if (page.next === undefined) break;
    page = await api.get<Page>(path, { ...options, after: page.next });
  }
  say(rows.length === 0 ? 'No usage.' : table(['from', 'meter', 'dimensions', 'quantity', 'unit'], rows));
};
