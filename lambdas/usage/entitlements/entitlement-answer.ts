import type { Entitlement } from '../../catalog/types.ts';
import { compare, type Decimal, formatDecimal, maximum, parseDecimal, subtract, ZERO } from '../../platform/decimal.ts';
import { intervalOf, type Period } from '../../platform/period.ts';
import { type Forecast, forecastOf, type SettledRun } from './forecast.ts';

/** Why something is not allowed. */
export type Refusal = 'no-contract' | 'not-in-contract' | 'limit-reached';

/** What an account may use of a feature, and what it has used. Quantities are decimal strings in the meter's unit. */
export type EntitlementAnswer = {
  readonly account: string;
  readonly feature: string;
  /** Whether it may be used now. Above a soft limit it may: it is charged. */
  readonly allowed: boolean;
  readonly reason?: Refusal;
  /** The contract that says so. */
  readonly contract?: string;
  readonly description?: string;
  /** What happens at the limit; only where there is one. */
  readonly enforcement?: 'soft' | 'hard';
  readonly meter?: string;
  readonly unit?: string;
  /** Used in the running period of the contract, as its bill would count it now. */
  readonly used?: string;
  readonly limit?: string;
  /** What is left of the limit, never below 0. */
  readonly left?: string;
  /** When the limit begins anew: the end of the contract's billing period in its zone, or of the contract. */
  readonly resetsAt?: string;
  readonly period?: Period;
  /** Absent without a limit, for meters that do not add up, and where too little is settled. */
  readonly forecast?: Forecast;
};

/** The usage of a metered feature in the running period. */
export type FeatureUsage = {
  readonly used: Decimal;
  readonly unit: string;
  /** Absent for meters that do not add up over days. */
  readonly settled?: SettledRun;
};

/** A feature that no contract in force names, or an account without one: what is not agreed is not allowed. */
export const notAgreed = (
  account: string,
  feature: string,
  reason: 'no-contract' | 'not-in-contract',
): EntitlementAnswer => ({ account, feature, allowed: false, reason });

/** The answer for one entitlement of a contract in its running period. `usage` where it has a meter. */
export const answerOf = (
  account: string,
  contract: string,
  { feature, description, meter, limit, enforcement = 'soft' }: Entitlement,
  period: Period,
  usage: FeatureUsage | undefined,
  nowMillis: number,
): EntitlementAnswer => {
  const named = { account, feature, contract, description };
  if (meter === undefined || usage === undefined) return { ...named, allowed: true };
  const resetsAt = intervalOf(period).to;
  const { used, unit, settled } = usage;
  const metered = { meter, unit, used: formatDecimal(used) };
  if (limit === undefined) return { ...named, allowed: true, ...metered, resetsAt, period };
  const most = parseDecimal(limit);
  const left = maximum(subtract(most, used), ZERO);
  const allowed = enforcement === 'soft' || compare(used, most) < 0;
  const forecast = settled && forecastOf(settled, { used, limit: most }, nowMillis, Date.parse(resetsAt));
  return {
    ...named,
    allowed,
    ...(allowed ? {} : { reason: 'limit-reached' }),
    enforcement,
    ...metered,
    limit,
    left: formatDecimal(left),
    resetsAt,
    period,
    ...(forecast === undefined ? {} : { forecast }),
  };
};
