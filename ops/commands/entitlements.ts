import { type ApiClient, ApiError } from '../api-client.ts';
import { grouped, say, table } from '../print.ts';

/** What of an answer is shown; decimal texts. */
type Answer = {
  readonly feature: string;
  readonly contract?: string;
  readonly description?: string;
  readonly allowed: boolean;
  readonly reason?: string;
  readonly enforcement?: string;
  readonly used?: string;
  readonly limit?: string;
  readonly left?: string;
  readonly resetsAt?: string;
  readonly forecast?: { readonly exhaustedAt?: string; readonly restsOn: { readonly days: number } };
};

const number = (decimal: string | undefined): string => (decimal === undefined ? '' : grouped(decimal));
const minute = (instant: string | undefined): string => instant?.slice(0, 16).replace('T', ' ') ?? '';

/** When it will be used up, and what that rests on. */
const forecastOf = ({ limit, left, forecast }: Answer): string => {
  if (limit === undefined || left === '0') return '';
  if (forecast === undefined) return 'nobody can say yet';
  const when = forecast.exhaustedAt === undefined ? 'not before' : minute(forecast.exhaustedAt);
  return `${when} (by ${forecast.restsOn.days} days)`;
};

/** What an account may use: all of it, or one feature. */
export const showEntitlements = async (api: ApiClient, account: string, feature?: string): Promise<void> => {
  const path = `/accounts/${encodeURIComponent(account)}/entitlements`;
  const items =
    feature === undefined
      ? (await api.get<{ items: Answer[] }>(path)).items
      : [await api.get<Answer>(`${path}/${encodeURIComponent(feature)}`)];
  if (items.length === 0)
    throw new ApiError(404, 'NOTHING_AGREED', `no contract in force of ${account} agrees a feature`);
  say(
    table(
      ['feature', 'allowed', 'at the limit', 'used', 'limit', 'left', 'begins anew (UTC)', 'used up'],
      items.map((each) => [
        each.feature,
        each.allowed ? 'yes' : `no: ${each.reason}`,
        each.enforcement,
        number(each.used),
        number(each.limit),
        number(each.left),
        minute(each.resetsAt),
        forecastOf(each),
      ]),
    ),
  );
};
