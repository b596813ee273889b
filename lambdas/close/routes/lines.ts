import type { ApiRoute } from '../../platform/http-edge.ts';
import { type ExplainPorts, lineEvents, readLine } from '../explain-line.ts';
import { type VerifyPorts, verifyStoredLine } from '../verify-stored-line.ts';
import { partOf, READERS } from './requests.ts';

const PAGE = 100;

/** `/v1/lines`: from an amount to its arithmetic, to the very events, and whether it comes to the same again. */
export const lineRoutes = (ports: ExplainPorts & VerifyPorts): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/lines/{lineId}',
    roles: READERS,
    run: async ({ path }) => ({ status: 200, body: await readLine(ports, partOf(path, 'lineId')) }),
  },
  {
    method: 'GET',
    path: '/v1/lines/{lineId}/verification',
    roles: READERS,
    run: async ({ path }) => ({ status: 200, body: await verifyStoredLine(ports, partOf(path, 'lineId')) }),
  },
  {
    method: 'GET',
    path: '/v1/lines/{lineId}/events',
    roles: READERS,
    run: async ({ path, query }) => {
      const after = query.after === undefined ? {} : { after: query.after };
      const body = await lineEvents(ports, { lineId: partOf(path, 'lineId'), limit: PAGE, ...after });
      return { status: 200, body };
    },
  },
];
