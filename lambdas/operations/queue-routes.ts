import type { DeadLetter, QueueDescription } from '../delivery/dead-letters.ts';
import {
  listQueues,
  NotRedrivable,
  type RedriveFilter,
  type RedrivePorts,
  type RedriveRequest,
  redrive,
  showMessages,
} from '../delivery/redrive.ts';
import type { Clock } from '../platform/clock.ts';
import type { ApiRoute } from '../platform/http-edge.ts';
import { ProblemError } from '../platform/problem.ts';
import { OPERATORS, object, optionalText, READERS, wholeNumber } from './requests.ts';

/** A redrive must end before the API gateway's patience of 29 seconds does. */
const MAX_MOVED = 500;
const MAX_PER_SECOND = 100;
const MAX_SECONDS = 20;

/** The queues of QUEUES_JSON. @throws {Error} naming the variable if it is no such list. */
export const readQueues = (json: string): QueueDescription[] => {
  const queues: unknown = JSON.parse(json);
  const fits =
    Array.isArray(queues) &&
    queues.every((queue) => typeof queue?.name === 'string' && typeof queue?.dlqUrl === 'string');
  if (!fits) throw new Error('QUEUES_JSON must be a list of {name, url?, dlqUrl, runbook}');
  return queues as QueueDescription[];
};

const shown = (letter: DeadLetter, clock: Clock) => ({
  messageId: letter.messageId,
  what: letter.subject,
  why: `${letter.class} ${letter.code}: ${letter.message}`,
  since: letter.since,
  ageSeconds: Math.max(0, Math.round((clock.nowMillis() - Date.parse(letter.since)) / 1000)),
  class: letter.class,
  code: letter.code,
  ...(letter.correlationId === undefined ? {} : { correlationId: letter.correlationId }),
});

const requestOf = (body: unknown): RedriveRequest => {
  const { filter, limit, perSecond, preview } = object(body);
  const wanted = filter === undefined ? {} : object(filter);
  const errorClass = optionalText('/filter/class', wanted.class);
  const contains = optionalText('/filter/contains', wanted.contains);
  const criteria: RedriveFilter = { ...(errorClass ? { class: errorClass } : {}), ...(contains ? { contains } : {}) };
  if (typeof preview !== 'boolean') {
    throw new ProblemError(400, 'BAD_REQUEST', '/preview must be true (count only) or false (move)');
  }
  const rate = wholeNumber('/perSecond', perSecond, { least: 1, most: MAX_PER_SECOND, otherwise: 10 });
  const most = Math.min(MAX_MOVED, rate * MAX_SECONDS);
  return {
    filter: criteria,
    limit: wholeNumber('/limit', limit, { least: 1, most, otherwise: Math.min(100, most) }),
    perSecond: rate,
    preview,
  };
};

/** `GET /v1/queues`, `GET /v1/queues/{name}/messages`, `POST /v1/queues/{name}/redrive`. */
export const queueRoutes = (queues: readonly QueueDescription[], ports: RedrivePorts): ApiRoute[] => {
  const named = (name: string | undefined): QueueDescription => {
    const queue = queues.find((each) => each.name === name);
    if (queue) return queue;
    const known = queues.map((each) => each.name).join(', ');
    throw new ProblemError(404, 'NO_SUCH_QUEUE', `there is no queue ${name}; there are ${known}`);
  };
  return [
    {
      method: 'GET',
      path: '/v1/queues',
      roles: READERS,
      run: async () => ({ status: 200, body: { items: await listQueues(ports, queues) } }),
    },
    {
      method: 'GET',
      path: '/v1/queues/{name}/messages',
      roles: READERS,
      run: async ({ path, query }) => {
        const limit = wholeNumber('limit', query.limit, { least: 1, most: 100, otherwise: 20 });
        const letters = await showMessages(ports, named(path.name), limit);
        return { status: 200, body: { items: letters.map((letter) => shown(letter, ports.clock)) } };
      },
    },
    {
      method: 'POST',
      path: '/v1/queues/{name}/redrive',
      roles: OPERATORS,
      run: async ({ path, body, caller }) => {
        try {
          return { status: 200, body: await redrive(ports, named(path.name), requestOf(body), caller.name) };
        } catch (error) {
          if (error instanceof NotRedrivable) throw new ProblemError(409, 'NOT_REDRIVABLE', error.message);
          throw error;
        }
      },
    },
  ];
};
