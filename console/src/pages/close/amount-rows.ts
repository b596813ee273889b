import type { CloseRecord, Manifest, Totals } from '../../../../lambdas/close/types.ts';
import type { CloseAnswer } from '../../api/types.ts';
import { totalsOf } from '../../format/amount.ts';
import { subtract } from '../../format/decimal.ts';

/** Where the money of one currency is. `undefined`: not known (yet). */
export type AmountRow = {
  readonly currency: string;
  readonly rated: string | undefined;
  readonly frozen: string | undefined;
  readonly approved: string | undefined;
  readonly posted: string | undefined;
  readonly reconciled: string | undefined;
  readonly before: string | undefined;
  readonly change: string | undefined;
};

const DECIDED: readonly Manifest['status'][] = ['approved', 'posting', 'posted', 'failed'];

const sum = (all: readonly (Totals | undefined)[]): Record<string, string> =>
  totalsOf(all.flatMap((totals) => Object.entries(totals ?? {}).map(([currency, amount]) => ({ currency, amount }))));

/** What the closes of the period before this one froze, all runs together. */
const totalsBefore = (close: CloseRecord, closes: readonly CloseRecord[]): Record<string, string> =>
  sum(
    closes
      .filter(({ end, closeId }) => end === close.start && closeId !== close.closeId)
      .map(({ steps }) => steps.post.totals ?? steps.freeze.totals),
  );

/** One row per currency that the close or the period before knows. */
export const amountRows = ({ close, manifests }: CloseAnswer, closes: readonly CloseRecord[]): AmountRow[] => {
  const rated = close.steps.rate.totals ?? {};
  const frozen = sum(manifests.map(({ totals }) => totals));
  const approved = sum(manifests.filter(({ status }) => DECIDED.includes(status)).map(({ totals }) => totals));
  const posted = close.steps.post.totals ?? {};
  const reconciled = close.steps.reconcile.totals ?? {};
  const before = totalsBefore(close, closes);
  const currencies = [...new Set([rated, frozen, before].flatMap((totals) => Object.keys(totals)))].sort();
  return currencies.map((currency) => {
    const present = frozen[currency] ?? rated[currency];
    const earlier = before[currency];
    return {
      currency,
      rated: rated[currency],
      frozen: frozen[currency],
      approved: approved[currency],
      posted: posted[currency],
      reconciled: reconciled[currency],
      before: earlier,
      change: present !== undefined && earlier !== undefined ? subtract(present, earlier) : undefined,
    };
  });
};
