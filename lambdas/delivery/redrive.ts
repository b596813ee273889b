import type { AuditLog } from '../platform/audit-log.ts';
import type { Clock } from '../platform/clock.ts';
import type { DeadLetter, DeadLetterQueues, HeldLetter, QueueDescription } from './dead-letters.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { AdapterState } from './types.ts';

/** One line of the list of queues. Counts are the queue service's, approximate under load. */
export type QueueSummary = {
  readonly name: string;
  readonly depth: number;
  readonly dlqDepth: number;
  /** Age of the oldest dead letter among the first ten; absent if there is none. */
  readonly oldestSeconds?: number;
  readonly runbook: string;
  /** Of a vendor's queue, once something was delivered: whether the vendor takes our credentials. */
  readonly signIn?: Pick<AdapterState, 'state' | 'since' | 'message'>;
};

/** Which dead letters: of this error class, and with this text in subject, code, message or body. */
export type RedriveFilter = { readonly class?: string; readonly contains?: string };

export type RedriveRequest = {
  readonly filter?: RedriveFilter;
  /** At most so many are moved; default 100. */
  readonly limit?: number;
  /** Default 10. */
  readonly perSecond?: number;
  /** True: count, move nothing. */
  readonly preview: boolean;
};

export type RedriveResult = {
  readonly matched: number;
  readonly moved: number;
  /** What stays in the dead-letter queue, matching or not. */
  readonly left: number;
  readonly auditSequence?: number;
};

/** A queue without a source cannot be redriven. */
export class NotRedrivable extends Error {
  override readonly name = 'NotRedrivable';
}

export type RedrivePorts = {
  readonly queues: DeadLetterQueues;
  /** Knows why a letter is dead that the queue gave up on by itself; see `explainByStatus`. */
  readonly explain: Explain;
  readonly adapters: Pick<DeliveryStore, 'adapterState'>;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** Waits; `node:timers/promises` in production. */
  readonly pause: (millis: number) => Promise<unknown>;
};

/** The reason of an unexplained letter, if there is one to be had. */
export type Explain = (
  queue: string,
  letter: DeadLetter,
) => Promise<Pick<DeadLetter, 'class' | 'code' | 'message'> | undefined>;

/** Reasons from the journal: an adapter's queue has the adapter's name, its letters name the delivery. */
export const explainByStatus =
  (store: Pick<DeliveryStore, 'status'>): Explain =>
  async (queue, letter) =>
    (await store.status(queue, letter.subject))?.lastError;

const DEFAULT_LIMIT = 100;
const DEFAULT_PER_SECOND = 10;
/** How long a peek may hide messages from others, should it die before giving them back. */
const PEEK_SECONDS = 5;
/** Longer than any redrive: limit 100 at 10 a second is 10 s. */
const HOLD_SECONDS = 120;

/** Takes letters until the queue shows no more or `enough` is reached. They are held; the caller gives them back. */
const takeAll = async (
  ports: Pick<RedrivePorts, 'queues' | 'explain'>,
  queue: QueueDescription,
  seconds: number,
  enough: (held: readonly HeldLetter[]) => boolean,
): Promise<HeldLetter[]> => {
  const held = new Map<string, HeldLetter>();
  while (!enough([...held.values()])) {
    const batch = await ports.queues.take(queue.dlqUrl, seconds);
    const before = held.size;
    for (const letter of batch) {
      const reason = letter.class === 'unexplained' ? await ports.explain(queue.name, letter) : undefined;
      held.set(letter.messageId, { ...letter, ...reason });
    }
    if (held.size === before) break;
  }
  return [...held.values()];
};

const giveBackAll = async (queues: DeadLetterQueues, url: string, letters: readonly HeldLetter[]): Promise<void> => {
  for (const letter of letters) await queues.giveBack(url, letter);
};

const shown = ({ receipt: _receipt, ...letter }: HeldLetter): DeadLetter => letter;

/** What is in a queue's dead letters, without removing anything. */
export const showMessages = async (
  ports: Pick<RedrivePorts, 'queues' | 'explain'>,
  queue: QueueDescription,
  limit: number,
): Promise<DeadLetter[]> => {
  const held = await takeAll(ports, queue, PEEK_SECONDS, (letters) => letters.length >= limit);
  await giveBackAll(ports.queues, queue.dlqUrl, held);
  return held
    .map(shown)
    .sort((a, b) => (a.since < b.since ? -1 : 1))
    .slice(0, limit);
};

/** How deep every queue and its dead-letter queue is. */
export const listQueues = async (
  ports: Pick<RedrivePorts, 'queues' | 'explain' | 'adapters' | 'clock'>,
  queues: readonly QueueDescription[],
): Promise<QueueSummary[]> =>
  Promise.all(
    queues.map(async (queue): Promise<QueueSummary> => {
      const depth = queue.url === undefined ? 0 : await ports.queues.depth(queue.url);
      const dlqDepth = await ports.queues.depth(queue.dlqUrl);
      const [oldest] = dlqDepth === 0 ? [] : await showMessages(ports, queue, 10);
      const age = oldest && Math.max(0, Math.round((ports.clock.nowMillis() - Date.parse(oldest.since)) / 1000));
      // The adapter of a queue has the queue's name; the other queues have none, and nothing is known of it.
      const { adapter: _adapter, ...signIn } = await ports.adapters.adapterState(queue.name);
      return {
        name: queue.name,
        depth,
        dlqDepth,
        ...(age === undefined ? {} : { oldestSeconds: age }),
        runbook: queue.runbook,
        ...(signIn.since === '' ? {} : { signIn }),
      };
    }),
  );

const matches = (letter: DeadLetter, filter: RedriveFilter): boolean =>
  (filter.class === undefined || letter.class === filter.class) &&
  (filter.contains === undefined ||
    [letter.subject, letter.code, letter.message, letter.body].some((text) => text.includes(filter.contains ?? '')));

/**
 * Moves dead letters back into their queue: those that match, at most `limit`, at most `perSecond`. The audit entry is
 * written before the first is moved. Each is sent, then deleted: a death between the two leaves it in both, which is
 * harmless, since a delivery that is done is not done again.
 * @throws {NotRedrivable} if the queue has no source to move to.
 */
export const redrive = async (
  ports: RedrivePorts,
  queue: QueueDescription,
  request: RedriveRequest,
  actor: string,
): Promise<RedriveResult> => {
  const { url, dlqUrl, name } = queue;
  if (url === undefined) throw new NotRedrivable(`${name} has dead letters only: there is no queue to move them to`);
  const limit = request.limit ?? DEFAULT_LIMIT;
  const filter = request.filter ?? {};
  const matching = (letters: readonly HeldLetter[]) => letters.filter((letter) => matches(letter, filter));

  const held = await takeAll(ports, queue, request.preview ? PEEK_SECONDS : HOLD_SECONDS, (letters) =>
    request.preview ? false : matching(letters).length >= limit,
  );
  const matched = matching(held);
  const chosen = request.preview ? [] : matched.slice(0, limit);
  const moved = new Set<string>();
  try {
    if (chosen.length === 0) return { matched: matched.length, moved: 0, left: await ports.queues.depth(dlqUrl) };
    const entry = await ports.audit.append({
      actor,
      action: 'queue.redrive',
      target: name,
      details: { filter, messages: chosen.map((letter) => ({ subject: letter.subject, class: letter.class })) },
    });
    for (const letter of chosen) {
      await ports.queues.send(url, letter);
      await ports.queues.delete(dlqUrl, letter);
      moved.add(letter.messageId);
      if (moved.size < chosen.length) await ports.pause(1000 / (request.perSecond ?? DEFAULT_PER_SECOND));
    }
    const left = await ports.queues.depth(dlqUrl);
    return { matched: matched.length, moved: moved.size, left, auditSequence: entry.sequence };
  } finally {
    await giveBackAll(
      ports.queues,
      dlqUrl,
      held.filter((letter) => !moved.has(letter.messageId)),
    );
  }
};
