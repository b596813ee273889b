import type { SpillBatch, SpillMessage, SpillQueue } from '../../lambdas/usage/ingest/spill.ts';
import type { Outcome } from './sandboxes.ts';
import type { Platform } from './stage.ts';

/** The spill queue as SQS has it: at least once, in any order, with a visibility timeout and dead letters. */
export type SimSpillQueue = {
  readonly queue: SpillQueue;
  /** Messages sent, and those that are neither done nor lost: in the queue, in flight or dead. */
  sent(): number;
  left(): number;
  calm(): void;
};

/** `copies`: how often it is visible or being worked on at the moment. */
type Message = { readonly id: string; readonly body: string; receives: number; copies: number };
type Answer = Outcome<{ readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] }>;

const MOST_RECEIVES = 4;
const MOST_MESSAGES = 3;
const MOST_COPIES = 2;
const CONSUMERS = 2;
const MINUTE = 60_000;

export const simSpillQueue = (
  { stage, dice, rates, faults }: Platform,
  deliver: (batch: SpillBatch) => Promise<Answer>,
): SimSpillQueue => {
  const open = new Set<Message>();
  let visible: Message[] = [];
  let [sent, consumers, isCalm] = [0, 0, false];

  const strikes = (): boolean => {
    if (isCalm || !dice.happens(rates.doubleDelivery)) return false;
    faults.doubleDelivery += 1;
    return true;
  };
  const show = (message: Message): void => {
    // Deleted by the other consumer meanwhile.
    if (!open.has(message)) return;
    message.copies += 1;
    visible.push(message);
    if (consumers < CONSUMERS) void receive();
  };
  const showLater = (message: Message, minutes: number): void =>
    stage.at(stage.clock.nowMillis() + dice.below(minutes * MINUTE), () => show(message));
  const giveBack = (message: Message): void => {
    if (message.copies > 0) return;
    if (!isCalm && message.receives >= MOST_RECEIVES) {
      faults.deadLetter += 1;
      message.receives = 0;
      // A person looks at dead letters some hours later.
      showLater(message, 24 * 60);
    } else showLater(message, 12);
  };
  const receive = async (): Promise<void> => {
    consumers += 1;
    await stage.turn();
    for (let batch = take(); batch.length > 0; batch = take()) {
      for (const message of batch) message.receives += 1;
      const answer = await deliver({ Records: batch.map(({ id, body }) => ({ messageId: id, body })) });
      const failed =
        answer.status === 'done'
          ? new Set(answer.result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
          : undefined;
      for (const message of batch) {
        message.copies -= 1;
        if (failed === undefined || failed.has(message.id) || strikes()) giveBack(message);
        else open.delete(message);
      }
    }
    consumers -= 1;
  };
  const take = (): Message[] => {
    const shuffled = dice.shuffle(visible);
    const batch = shuffled.splice(0, 1 + dice.below(MOST_MESSAGES));
    // At least once: some stay visible although they are being worked on.
    const again = batch.filter((message) => message.copies < MOST_COPIES && strikes());
    for (const message of again) message.copies += 1;
    visible = [...shuffled, ...again];
    return batch;
  };

  return {
    queue: {
      send: async (message: SpillMessage) => {
        sent += 1;
        const sending = { id: `m-${sent}`, body: JSON.stringify(message), receives: 0, copies: 0 };
        open.add(sending);
        showLater(sending, 3);
      },
    },
    sent: () => sent,
    left: () => open.size,
    calm: () => {
      isCalm = true;
    },
  };
};
