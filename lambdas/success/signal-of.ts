import type { Account, CatalogEntry, Meter, SignalRule } from '../catalog/types.ts';
import { grouped } from '../platform/decimal.ts';
import { contentHash } from '../platform/hash.ts';
import type { Signal } from './types.ts';
import type { Episode } from './usage-drop.ts';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const weekday = (day: string): string => WEEKDAYS[new Date(`${day}T00:00:00.000Z`).getUTCDay()] ?? '';

/** The id of a signal: the same for the same rule, account and first day, whoever computes it and whenever. */
export const signalIdOf = (rule: string, account: string, since: string): string =>
  `sig-${contentHash([rule, account, since]).slice(0, 32)}`;

/** An account that customer success looks after. */
export type SuccessAccount = Account & { readonly success: NonNullable<Account['success']> };

/** The signal of an episode, with the sentence that its reader needs. */
export const signalOf = (
  rule: CatalogEntry<SignalRule>,
  account: SuccessAccount,
  meter: Meter,
  episode: Episode,
): Signal => {
  const { days, baselineWeeks, priority } = rule.body;
  const { since, day, value, baseline, changePercent } = episode;
  const unit = meter.unit;
  return {
    format: 1,
    signalId: signalIdOf(rule.id, account.id, since),
    rule: rule.id,
    ruleVersion: rule.version,
    signal: 'usage-drop',
    account: account.id,
    accountName: account.name,
    companyId: account.success.companyId,
    ownerEmail: account.success.ownerEmail,
    salesRegion: account.salesRegion,
    meter: meter.id,
    since,
    day,
    value,
    baseline,
    changePercent,
    priority,
    text:
      `${meter.name} of ${account.name} dropped on ${since} and stayed low for ${days} days: ` +
      `${grouped(value)} (${unit}) on ${weekday(day)} ${day}, where ${grouped(baseline)} is usual ` +
      `(median of the last ${baselineWeeks} ${weekday(day)}s in normal use), a change of ${changePercent}%. ` +
      `Plan ${account.plan}, sales region ${account.salesRegion}.`,
  };
};
