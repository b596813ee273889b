import type { DeadLetter, DeadLetterQueues, HeldLetter } from '../../lambdas/delivery/dead-letters.ts';

type Kept = { letter: DeadLetter; hiddenUntil: number };

/** Dead-letter queues in memory, for tests: messages that are taken are hidden, as SQS hides them. */
export const memoryDeadLetters = (nowMillis: () => number) => {
  const queues = new Map<string, Kept[]>();
  const of = (url: string): Kept[] => {
    const queue = queues.get(url) ?? [];
    queues.set(url, queue);
    return queue;
  };
  const twin: DeadLetterQueues = {
    depth: async (url) => of(url).length,
    take: async (url, seconds) => {
      const visible = of(url).filter(({ hiddenUntil }) => hiddenUntil <= nowMillis());
      return visible.slice(0, 10).map((kept): HeldLetter => {
        kept.hiddenUntil = nowMillis() + seconds * 1000;
        return { ...kept.letter, receipt: `r-${kept.letter.messageId}` };
      });
    },
    giveBack: async (url, { messageId }) => {
      for (const kept of of(url)) if (kept.letter.messageId === messageId) kept.hiddenUntil = 0;
    },
    send: async (url, letter) => {
      of(url).push({ letter: { ...letter, messageId: `${letter.messageId}+` }, hiddenUntil: 0 });
    },
    delete: async (url, { messageId }) => {
      queues.set(
        url,
        of(url).filter((kept) => kept.letter.messageId !== messageId),
      );
    },
  };
  return {
    ...twin,
    /** Puts a letter into a queue. */
    put: (url: string, letter: DeadLetter) => {
      of(url).push({ letter, hiddenUntil: 0 });
    },
    /** What is in a queue, hidden or not. */
    content: (url: string): DeadLetter[] => of(url).map(({ letter }) => letter),
    visible: (url: string): number => of(url).filter(({ hiddenUntil }) => hiddenUntil <= nowMillis()).length,
  };
};
