import { unattributed } from '../catalog/attribution.ts';
import type { CatalogReader } from '../catalog/types.ts';
import type { ApiRoute } from '../platform/http-edge.ts';
import { addDays } from '../platform/period.ts';
import { laterOf } from '../usage/ledger/slot.ts';
import type { DriftStore } from '../usage/quarantine/drift.ts';
import { readUnattributed } from '../usage/read/unattributed.ts';
import { date, optionalText, READERS } from './requests.ts';

/** What the reports need. `horizonDays`: no usage is older. */
export type UsageReportPorts = Parameters<typeof readUnattributed>[0] & {
  readonly catalog: CatalogReader;
  readonly horizonDays: number;
  readonly drift: Pick<DriftStore, 'list'>;
};

/** The API gateway's patience ends after 29 seconds; nothing new is begun after so many. */
const PATIENCE_MILLIS = 15_000;

/**
 * `GET /v1/usage/unattributed`: subjects that nobody owns and their usage, since `start` or as far back as there is any.
 * `GET /v1/usage/drift`: fields that events carry and their schema does not know.
 */
export const usageReportRoutes = (ports: UsageReportPorts): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/usage/drift',
    roles: READERS,
    run: async () => ({ status: 200, body: { items: await ports.drift.list() } }),
  },
  {
    method: 'GET',
    path: '/v1/usage/unattributed',
    roles: READERS,
    run: async ({ query }) => {
      const { clock, catalog, horizonDays } = ports;
      const after = optionalText('after', query.after);
      const earliest = addDays(clock.now().slice(0, 10), -horizonDays);
      const start = query.start === undefined ? earliest : date('start', query.start);
      const deadline = clock.nowMillis() + PATIENCE_MILLIS;
      const { subjects, next } = await readUnattributed(
        ports,
        (some, interval) => unattributed(catalog, some, interval),
        laterOf(start, earliest),
        { isTimeUp: () => clock.nowMillis() > deadline, ...(after === undefined ? {} : { after }) },
      );
      return { status: 200, body: { items: subjects, ...(next === undefined ? {} : { next }) } };
    },
  },
];
