import type { ApiClient } from '../api-client.ts';
import { grouped, say, table } from '../print.ts';

/** What an adjustment says beside its line and kind. */
export type AdjustOptions = {
  readonly reason: string;
  readonly amount?: string;
  readonly document?: string;
  readonly key?: string;
};

type Entry = {
  readonly entryId: string;
  readonly kind: string;
  readonly currency: string;
  readonly account?: string;
  readonly payer: string;
  readonly description?: string;
  readonly amount?: string;
  readonly lines?: readonly unknown[];
  readonly reason?: string;
  readonly by: string;
  readonly at: string;
};

/** Decides something about a line beside its rating. */
export const adjustLine = async (
  api: ApiClient,
  lineId: string,
  kind: string,
  options: AdjustOptions,
): Promise<void> => {
  const path = `/lines/${encodeURIComponent(lineId)}/adjustments`;
  const { adjustment } = await api.post<{ adjustment: Entry & { start: string; end: string } }>(path, {
    kind,
    ...options,
  });
  const { entryId, start, end } = adjustment;
  say(
    `Adjusted: ${entryId}. The next close of ${start} to ${end} takes it up: npm run ops -- close start ${start} ${end}`,
  );
};

/** Holds a line with its coupled group until somebody decides. */
export const disputeLine = async (api: ApiClient, lineId: string, reason: string): Promise<void> => {
  const path = `/lines/${encodeURIComponent(lineId)}/dispute`;
  const { exception } = await api.post<{ exception: { readonly exceptionId: string } }>(path, { reason });
  say(
    `Held: ${exception.exceptionId}. Decide it with: npm run ops -- exception resolve ${exception.exceptionId} fixed`,
  );
};

/** What stands beside the rating of a close's dates. */
export const listEntries = async (api: ApiClient, closeId: string): Promise<void> => {
  const { items } = await api.get<{ items: readonly Entry[] }>(`/closes/${closeId}/entries`);
  if (items.length === 0) return say('Nothing stands beside the rating of these dates.');
  say(
    table(
      ['entry', 'kind', 'account', 'amount', 'about', 'by', 'at', 'why'],
      items.map((each) => [
        each.entryId,
        each.kind,
        each.account ?? each.payer,
        each.amount === undefined ? '' : `${each.currency} ${grouped(each.amount)}`,
        each.description ?? `${each.lines?.length ?? 0} lines`,
        each.by,
        each.at,
        each.reason ?? '',
      ]),
    ),
  );
};
