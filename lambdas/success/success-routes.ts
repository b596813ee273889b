import { subjectsOf } from '../catalog/attribution.ts';
import type { Account, CatalogReader } from '../catalog/types.ts';
import type { Clock } from '../platform/clock.ts';
import type { ApiRequest, ApiRoute, Role } from '../platform/http-edge.ts';
import { addDays, daysBetween, intervalOf, localDate, type Period } from '../platform/period.ts';
import { ProblemError } from '../platform/problem.ts';
import { askEntitlements } from '../usage/entitlements/ask-entitlements.ts';
import { makeReadEntitlements } from '../usage/entitlements/read-entitlements.ts';
import { limitPeriod } from '../usage/limits/limit-period.ts';
import { readBalance } from '../usage/read/balance.ts';
import { readUsageWindows } from '../usage/read/usage-windows.ts';
import type { WindowSize } from '../usage/read/windows-of-day.ts';
import type { BalancePorts } from '../usage/settle/settled-fragments.ts';
import type { SignalStore } from './signal-store.ts';

export type SuccessApiPorts = {
  readonly usage: BalancePorts;
  readonly catalog: CatalogReader;
  readonly signals: Pick<SignalStore, 'list'>;
  readonly clock: Clock;
};

const EVERYONE: readonly Role[] = ['success', 'finance-preparer', 'finance-approver', 'operator'];
const LONGEST_DAYS = 400;

const SIZES: readonly WindowSize[] = ['slot', 'hour', 'day'];

const dateOf = (request: ApiRequest, name: 'start' | 'end' | 'after'): string => {
  const text = request.query[name] ?? '';
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00.000Z`) : Number.NaN;
  // 2026-02-31 must not quietly become the 3rd of March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    throw new ProblemError(400, 'BAD_DATE', `give ${name} as a date like 2026-10-01`);
  }
  return text;
};

const accountOf = async (ports: SuccessApiPorts, request: ApiRequest): Promise<Account> => {
  const id = request.path.account ?? '';
  const entry = await ports.catalog.get('account', id, { effectiveAt: ports.clock.now() });
  if (entry === undefined) throw new ProblemError(404, 'NO_SUCH_ACCOUNT', `there is no account ${id}`);
  return entry.body;
};

/**
 * The period asked for, in the zone of the account's contract (`UTC` without one). Without dates: the contract's own period
 * that is running, to date.
 */
const periodOf = async (ports: SuccessApiPorts, account: string, request: ApiRequest): Promise<Period> => {
  const { query } = request;
  if (query.start === undefined && query.end === undefined) {
    const now = ports.clock.now();
    const contract = await contractAt(ports, account, now);
    const running = limitPeriod(contract, now);
    return { ...running, end: addDays(localDate(now, running.zone), 1) };
  }
  const [start, end] = [dateOf(request, 'start'), dateOf(request, 'end')];
  if (start >= end)
    throw new ProblemError(400, 'BAD_PERIOD', 'end is the day after the last, so it must be after start');
  if (daysBetween(start, end) > LONGEST_DAYS) {
    throw new ProblemError(400, 'BAD_PERIOD', `ask for at most ${LONGEST_DAYS} days`);
  }
  return { start, end, zone: (await contractAt(ports, account, `${start}T12:00:00.000Z`))?.zone ?? 'UTC' };
};

const contractAt = async (ports: SuccessApiPorts, account: string, effectiveAt: string) =>
  (await ports.catalog.list('contract', { effectiveAt })).find(({ body }) => body.account === account)?.body;

const windowSizeOf = ({ query: { window } }: ApiRequest): WindowSize | undefined => {
  const size = SIZES.find((each) => each === window);
  if (size === undefined && window !== undefined) {
    throw new ProblemError(400, 'BAD_WINDOW', `window is one of ${SIZES.join(', ')}, not ${window}`);
  }
  return size;
};

/** Where a page of windows begins: `after` is the `next` of the page before. */
const pageStart = (request: ApiRequest, { start, end }: Period): string => {
  if (request.query.after === undefined) return start;
  const first = dateOf(request, 'after');
  if (first >= start && first < end) return first;
  throw new ProblemError(
    400,
    'BAD_PAGE',
    `after is the "next" of the page before, a day from ${start} to before ${end}`,
  );
};

const metersOf = async (ports: SuccessApiPorts, meter: string | undefined) => {
  const history = await ports.catalog.history('meter');
  const meters = meter === undefined ? history : history.filter((entry) => entry.id === meter);
  if (meters.length === 0) throw new ProblemError(404, 'NO_SUCH_METER', `there is no meter ${meter}`);
  return meters;
};

/** What an account may use, all of it or one feature: what product services ask for by key, for people. */
const entitlementRoutes = ({ catalog, usage, clock }: SuccessApiPorts): ApiRoute[] => {
  const read = makeReadEntitlements({ catalog, usage, clock });
  const run: ApiRoute['run'] = async ({ path: { account = '', feature } }) => ({
    status: 200,
    body: await askEntitlements(read, account, feature),
  });
  return ['/v1/accounts/{account}/entitlements', '/v1/accounts/{account}/entitlements/{feature}'].map((path) => ({
    method: 'GET',
    path,
    roles: EVERYONE,
    run,
  }));
};

/** The HTTP API for customer success: who the accounts are, what they use, what signals they gave. */
export const successRoutes = (ports: SuccessApiPorts): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/accounts',
    roles: EVERYONE,
    run: async () => {
      const entries = await ports.catalog.list('account', { effectiveAt: ports.clock.now() });
      const items = entries.map(({ body: { id, name, salesRegion, plan, entity, parent } }) => ({
        account: id,
        name,
        salesRegion,
        plan,
        entity,
        ...(parent === undefined ? {} : { parent }),
      }));
      return { status: 200, body: { items } };
    },
  },
  {
    method: 'GET',
    path: '/v1/accounts/{account}/usage',
    roles: EVERYONE,
    run: async (request) => {
      const { id } = await accountOf(ports, request);
      const period = await periodOf(ports, id, request);
      const size = windowSizeOf(request);
      const meters = await metersOf(ports, request.query.meter);
      const subjects = await subjectsOf(ports.catalog, id, intervalOf(period));
      if (size !== undefined) {
        const asked = { subjects, period, size, meters };
        const { windows, ...page } = await readUsageWindows(ports.usage, asked, pageStart(request, period));
        return { status: 200, body: { account: id, period, window: size, items: windows, ...page } };
      }
      const { usage, upTo, read } = await readBalance(ports.usage, { subjects, period, meters });
      return { status: 200, body: { account: id, period, usage, upTo, read } };
    },
  },
  ...entitlementRoutes(ports),
  {
    method: 'GET',
    path: '/v1/accounts/{account}/signals',
    roles: EVERYONE,
    run: async (request) => {
      const { id } = await accountOf(ports, request);
      const recorded = await ports.signals.list(id);
      const items = recorded.map(({ signal, recordedAt }) => ({ ...signal, recordedAt }));
      return { status: 200, body: { items } };
    },
  },
];
