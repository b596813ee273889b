import type { ApiClient } from '../api-client.ts';
import { age, say, table } from '../print.ts';

type Queue = {
  readonly name: string;
  readonly depth: number;
  readonly dlqDepth: number;
  readonly oldestSeconds?: number;
  readonly runbook: string;
  readonly signIn?: { readonly state: 'ok' | 'auth'; readonly since: string; readonly message?: string };
};
type DeadLetter = {
  readonly messageId: string;
  readonly what: string;
  readonly why: string;
  readonly ageSeconds: number;
  readonly correlationId?: string;
};
type Redriven = {
  readonly matched: number;
  readonly moved: number;
  readonly left: number;
  readonly auditSequence?: number;
};

/** What is in each dead-letter queue, and since when. */
export const listQueues = async (api: ApiClient): Promise<void> => {
  const { items } = await api.get<{ items: Queue[] }>('/queues');
  say(
    table(
      ['queue', 'waiting', 'dead-lettered', 'oldest', 'sign-in', 'runbook'],
      items.map((q) => [
        q.name,
        q.depth,
        q.dlqDepth,
        q.oldestSeconds === undefined ? '' : age(q.oldestSeconds),
        q.signIn?.state === 'auth' ? `refused since ${q.signIn.since}` : q.signIn?.state,
        q.runbook,
      ]),
    ),
  );
  for (const { name, signIn } of items) if (signIn?.message) say(`${name} refuses our credentials: ${signIn.message}`);
};

/** The messages of one dead-letter queue: what each is and why it is there. */
export const showQueue = async (api: ApiClient, name: string, limit: number): Promise<void> => {
  const { items } = await api.get<{ items: DeadLetter[] }>(`/queues/${name}/messages`, { limit: String(limit) });
  if (items.length === 0) return say(`The dead-letter queue of ${name} is empty.`);
  say(
    table(
      ['age', 'what', 'why', 'correlation'],
      items.map((m) => [age(m.ageSeconds), m.what, m.why, m.correlationId]),
    ),
  );
};

/** Puts dead letters back into their queue; without `confirm` it only says how many it would move. */
export const redrive = async (
  api: ApiClient,
  name: string,
  options: {
    readonly class?: string;
    readonly contains?: string;
    readonly limit?: string;
    readonly perSecond?: string;
    readonly confirm?: boolean;
  },
): Promise<void> => {
  const answer = await api.post<Redriven>(`/queues/${name}/redrive`, {
    filter: { class: options.class, contains: options.contains },
    limit: options.limit === undefined ? undefined : Number(options.limit),
    perSecond: options.perSecond === undefined ? undefined : Number(options.perSecond),
    preview: options.confirm !== true,
  });
  if (options.confirm !== true) {
    return say(
      `${answer.matched} messages of ${name} would be moved back, ${answer.left} would stay. Repeat with --confirm to do it.`,
    );
  }
  say(
    `Moved ${answer.moved} of ${answer.matched} messages back into ${name}; ${answer.left} stay. Audit entry ${answer.auditSequence ?? 'none'}.`,
  );
};
