import type { ApiRoute } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import type { Archive } from '../usage/archive/archive.ts';
import {
  QUARANTINE_CODES,
  type QuarantineQuery,
  type QuarantineStore,
  STATES,
} from '../usage/quarantine/quarantine.ts';
import type { QuarantineEntry } from '../usage/types.ts';
import { oneOf, READERS } from './requests.ts';

const PAGE = 50;

/** An entry with its line whole, also where the table holds only its beginning. */
const whole = async (entry: QuarantineEntry, archive: Pick<Archive, 'line'>): Promise<QuarantineEntry> => {
  if (entry.bodyCut !== true) return entry;
  const { bodyCut: _, ...rest } = entry;
  return { ...rest, body: (await archive.line(entry.pointer)).line };
};

/** `GET /v1/quarantine` and `GET /v1/quarantine/{id}`: the rejected lines, whole, and why. */
export const quarantineRoutes = (store: QuarantineStore, archive: Pick<Archive, 'line'>): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/quarantine',
    roles: READERS,
    run: async ({ query }) => {
      const code = oneOf('code', query.code, QUARANTINE_CODES);
      const state = oneOf('state', query.state, STATES);
      const wanted: QuarantineQuery = {
        ...(code ? { code } : {}),
        ...(state ? { state } : {}),
        ...(query.after ? { after: query.after } : {}),
      };
      try {
        const { entries, next } = await store.list(wanted, PAGE);
        return { status: 200, body: { items: entries, ...(next === undefined ? {} : { next }) } };
      } catch (error) {
        if (error instanceof RangeError) throw new ProblemError(400, 'BAD_REQUEST', `after: ${error.message}`);
        throw error;
      }
    },
  },
  {
    method: 'GET',
    path: '/v1/quarantine/{id}',
    roles: READERS,
    run: async ({ path }) => {
      const entry = await store.get(path.id ?? '');
      if (entry === undefined) throw new ProblemError(404, 'NO_SUCH_ENTRY', `there is no quarantine entry ${path.id}`);
      return { status: 200, body: { entry: await whole(entry, archive) } };
    },
  },
];
