import type { UsageEvent } from '../../lambdas/usage/types.ts';
import type { Chance } from './chance.ts';

/** The type of a line that cancels an event. */
export const CANCELLATION = 'meterbridge.cancellation';

/** A line that cancels an event; sometimes in the name of another producer of the same company. */
const cancellationOf = (dice: Chance, id: string, event: UsageEvent, sources: readonly string[]): UsageEvent => {
  const source = dice.happens(0.7) ? event.source : dice.pick(sources);
  return {
    specversion: '1.0',
    source,
    id,
    type: CANCELLATION,
    subject: event.subject,
    time: event.time,
    dataschema: `https://schemas.meterbridge.dev/${CANCELLATION}/1`,
    data: {
      id: event.id,
      ...(source === event.source && dice.happens(0.5) ? {} : { source: event.source }),
      ...(dice.happens(0.3) ? { reason: 'sent by mistake' } : {}),
    },
  };
};

/** An event that takes the place of another: at its time, or at another and so often in another slot. */
const replacementOf = (dice: Chance, event: UsageEvent, fresh: UsageEvent): UsageEvent => {
  const { source, subject, time } = event;
  const replaced = dice.happens(0.5)
    ? { time }
    : { ...(fresh.time === time && dice.happens(0.5) ? {} : { replacestime: time }) };
  return { ...fresh, source, subject, replaces: event.id, ...replaced };
};

/**
 * What corrects some of the events: cancelled once or twice, replaced, replaced again, and the replacement cancelled.
 * `another` makes an event that is like no other; `prefix` tells ids apart.
 */
export const correctionsOf = (
  dice: Chance,
  events: readonly UsageEvent[],
  share: number,
  sources: readonly string[],
  another: () => UsageEvent,
  prefix = '',
): UsageEvent[] => {
  let count = 0;
  const idOf = (): string => {
    count += 1;
    return `${prefix}c${count}`;
  };
  const corrections: UsageEvent[] = [];
  for (const event of events) {
    if (!dice.happens(share)) continue;
    const cancel = (cancelled: UsageEvent) => cancellationOf(dice, idOf(), cancelled, sources);
    if (dice.happens(0.5)) {
      corrections.push(cancel(event));
      if (dice.happens(0.3)) corrections.push(cancel(event));
      continue;
    }
    const first = replacementOf(dice, event, { ...another(), id: idOf() });
    corrections.push(first);
    if (dice.happens(0.3)) corrections.push(replacementOf(dice, first, { ...another(), id: idOf() }));
    if (dice.happens(0.2)) corrections.push(cancel(first));
  }
  // Some ids of corrections come with another body too.
  const twins = corrections.filter(() => dice.happens(0.06));
  return [...corrections, ...twins.map((event) => ({ ...event, data: { ...event.data, reason: 'another' } }))];
};

const slotOf = (subject: string, time: string): string =>
  `${subject}#${new Date(Math.floor(Date.parse(time) / 900_000) * 900_000).toISOString()}`;

/** Where a line has a part: in the chain of its time, and of the event that it replaces if that is another. */
export type Part = {
  /** `<subject>#<slot start>`, and the backfill whose overlay it is in. */
  readonly slot: string;
  readonly backfill: string | undefined;
  /** The chain and the line's own id in it, as one text. */
  readonly key: string;
  /** Whether the line is usage there; else it only cancels. */
  readonly isUsage: boolean;
};

/** Source and id, as one text. */
export const nameOf = ({ source, id }: Pick<UsageEvent, 'source' | 'id'>): string => JSON.stringify([source, id]);

/** The parts of a line. */
export const partsOf = (event: UsageEvent): Part[] => {
  const { subject, time, replaces, replacestime = time, backfill } = event;
  const [slot, other] = [slotOf(subject, time), slotOf(subject, replacestime)];
  const part = (at: string, isUsage: boolean, from = ''): Part => ({
    slot: at,
    backfill,
    key: `${at}~${backfill ?? ''} ${nameOf(event)}${from}`,
    isUsage,
  });
  const own = part(slot, event.type !== CANCELLATION);
  // Where it only cancels, a replacement meets nothing but itself.
  return replaces === undefined || other === slot
    ? [own]
    : [own, part(other, false, ` of ${slot} ${JSON.stringify(event.data)}`)];
};

/** The slot and the name of the event that a line cancels, if it cancels any. */
export const cancelledBy = (event: UsageEvent): { readonly slot: string; readonly name: string } | undefined => {
  const { type, source, subject, time, replaces, replacestime = time, data } = event;
  if (type === CANCELLATION) {
    return {
      slot: slotOf(subject, time),
      name: nameOf({ source: String(data.source ?? source), id: String(data.id) }),
    };
  }
  return replaces === undefined
    ? undefined
    : { slot: slotOf(subject, replacestime), name: nameOf({ source, id: replaces }) };
};
