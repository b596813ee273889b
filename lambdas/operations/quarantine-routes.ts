import type { ApiRequest, ApiRoute } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import type { JobKind } from '../usage/jobs/jobs.ts';
import { type StartPorts, startJob } from '../usage/jobs/start-job.ts';
import type { ManyParams } from '../usage/quarantine/decide-many.ts';
import { changesOf, draftOf, wholeLine } from '../usage/quarantine/draft.ts';
import { showJson } from '../usage/quarantine/json-text.ts';
import { QUARANTINE_CODES, type QuarantineFilter, STATES, summaryOf } from '../usage/quarantine/quarantine.ts';
import { entryOf, type QuarantinePorts, release, writeOff } from '../usage/quarantine/release.ts';
import type { QuarantineEntry } from '../usage/types.ts';
import { instant, OPERATORS, object, oneOf, optionalText, READERS, text } from './requests.ts';

/** What the routes of the quarantine need. `starter`: decisions about many entries are jobs. */
export type QuarantineRoutePorts = QuarantinePorts & { readonly starter: StartPorts };

const PAGE = 50;
/** Characters of a line that an answer can hold; of a longer one it holds the beginning. */
const MOST_SHOWN = 1024 * 1024;
/** Characters of a note or a reason. */
const MAX_WORDS = 2_000;

const FILTERS = ['subject', 'type', 'source', 'dataschema', 'text', 'job'] as const;

const filterOf = (asked: Readonly<Record<string, unknown>>): QuarantineFilter => {
  const said = (name: string): string | undefined => optionalText(name, asked[name] === '' ? undefined : asked[name]);
  const code = oneOf('code', said('code'), QUARANTINE_CODES);
  const state = oneOf('state', said('state'), STATES);
  const [from, to] = [instant('from', said('from')), instant('to', said('to'))];
  const texts = FILTERS.flatMap((name) => {
    const value = said(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...(code ? { code } : {}),
    ...(state ? { state } : {}),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...Object.fromEntries(texts),
  };
};

const words = (name: string, value: unknown): string => {
  const said = text(`/${name}`, value).trim();
  if (said === '' || said.length > MAX_WORDS) {
    throw new ProblemError(400, 'BAD_REQUEST', `/${name} must be a sentence of at most ${MAX_WORDS} characters`);
  }
  return said;
};

const flag = (name: string, value: unknown): boolean => {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw new ProblemError(400, 'BAD_REQUEST', `/${name} must be true or false`);
};

/** An entry as one looks at it: its line whole and in order, the place that was wrong, and what became of it. */
const shown = async (ports: QuarantinePorts, entry: QuarantineEntry) => {
  const whole = await wholeLine(ports, entry);
  const isShown = whole.length <= MOST_SHOWN;
  const { bodyCut: _, ...rest } = entry;
  const body = isShown ? whole : entry.body;
  const inOrder = entry.bodyEncoding === 'utf8' ? showJson(body, entry.path) : undefined;
  const edited = entry.release?.body;
  const again = await ports.quarantine.refusedAgain(entry.id);
  return {
    entry: isShown ? { ...rest, body } : entry,
    ...(inOrder ? { shown: inOrder } : {}),
    ...(edited === undefined ? {} : { changes: changesOf(entry.bodyEncoding === 'utf8' ? body : '', edited) }),
    refusedAgain: again.map(summaryOf),
  };
};

/** What a judgement answers: the verdict, what was changed, and the line in order with the place that is wrong. */
const judged = async (ports: QuarantinePorts, id: string, body: string | undefined) => {
  const entry = await entryOf(ports, id);
  const { judgement, changes, edited } = await draftOf(ports, entry, body);
  const inOrder = showJson(edited ?? (await wholeLine(ports, entry)), 'path' in judgement ? judgement.path : '');
  return { judgement, changes, ...(inOrder ? { shown: inOrder } : {}) };
};

/** Starts a decision about many. A filter must say something: nobody means the whole quarantine. */
const startMany = async (ports: QuarantineRoutePorts, kind: JobKind, why: string, { body, caller }: ApiRequest) => {
  const asked = object(body);
  const { state: _, job: __, ...filter } = filterOf(object(asked.filter));
  if (Object.keys(filter).length === 0) {
    throw new ProblemError(400, 'BAD_REQUEST', '/filter must say which entries are meant, e.g. {"code": "SCHEMA"}');
  }
  const params: ManyParams = { filter, why: words(why, asked[why]), preview: flag('preview', asked.preview) };
  return { status: 202, body: await startJob(ports.starter, { kind, params, startedBy: caller.name }) };
};

/** `GET /v1/quarantine` and below: the rejected lines, and why. */
const reading = (ports: QuarantineRoutePorts): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/quarantine',
    roles: READERS,
    run: async ({ query }) => {
      const after = query.after ? { after: query.after } : {};
      try {
        const { entries, next } = await ports.quarantine.list({ ...filterOf(query), ...after }, PAGE);
        return { status: 200, body: { items: entries, ...(next === undefined ? {} : { next }) } };
      } catch (error) {
        if (error instanceof RangeError) throw new ProblemError(400, 'BAD_REQUEST', `after: ${error.message}`);
        throw error;
      }
    },
  },
  {
    method: 'GET',
    path: '/v1/quarantine/counts',
    roles: READERS,
    run: async () => ({ status: 200, body: { items: await ports.quarantine.counts() } }),
  },
  {
    method: 'GET',
    path: '/v1/quarantine/outcomes/{jobId}',
    roles: READERS,
    run: async ({ path: { jobId = '' }, query }) => {
      const items = await ports.quarantine.outcomes(jobId, PAGE, optionalText('after', query.after));
      const last = items.at(-1);
      return { status: 200, body: { items, ...(items.length === PAGE && last ? { next: last.id } : {}) } };
    },
  },
  {
    method: 'GET',
    path: '/v1/quarantine/{id}',
    roles: READERS,
    run: async ({ path: { id = '' } }) => ({ status: 200, body: await shown(ports, await entryOf(ports, id)) }),
  },
  {
    // Changes nothing: it takes a body because an edited line is too long for an address.
    method: 'POST',
    path: '/v1/quarantine/{id}/judgement',
    roles: READERS,
    run: async ({ path: { id = '' }, body }) => ({
      status: 200,
      body: await judged(ports, id, optionalText('/body', object(body).body)),
    }),
  },
];

/** `POST /v1/quarantine/{id}/release`, `.../write-off`, and the same for many by filter, as jobs. */
const deciding = (ports: QuarantineRoutePorts): ApiRoute[] => [
  {
    method: 'POST',
    path: '/v1/quarantine/releases',
    roles: OPERATORS,
    run: (request) => startMany(ports, 'quarantine.release', 'note', request),
  },
  {
    method: 'POST',
    path: '/v1/quarantine/write-offs',
    roles: OPERATORS,
    run: (request) => startMany(ports, 'quarantine.write-off', 'reason', request),
  },
  {
    method: 'POST',
    path: '/v1/quarantine/{id}/release',
    roles: OPERATORS,
    run: async ({ path: { id = '' }, body, caller }) => {
      const asked = object(body);
      const line = optionalText('/body', asked.body);
      const request = {
        note: words('note', asked.note),
        force: flag('force', asked.force),
        ...(line === undefined ? {} : { body: line }),
      };
      const { entry, ...rest } = await release(ports, id, request, caller.name);
      return { status: 200, body: { entry: summaryOf(entry), ...rest } };
    },
  },
  {
    method: 'POST',
    path: '/v1/quarantine/{id}/write-off',
    roles: OPERATORS,
    run: async ({ path: { id = '' }, body, caller }) => {
      const { entry, ...rest } = await writeOff(ports, id, words('reason', object(body).reason), caller.name);
      return { status: 200, body: { entry: summaryOf(entry), ...rest } };
    },
  },
];

/** The quarantine for people: look, count, judge, release, write off. */
export const quarantineRoutes = (ports: QuarantineRoutePorts): ApiRoute[] => [...reading(ports), ...deciding(ports)];
