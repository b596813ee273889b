import { eventsOf } from '../../../emitter/lanes.ts';
import type { Outcome, Pack, Transport } from '../../../emitter/types.ts';
import type { Chance } from '../../simulation/chance.ts';
import type { VirtualTime } from '../../unit/emitter/virtual-time.ts';

/** How likely each fault is, from 0 to 1. */
export type Faults = {
  /** One pack of a call is not taken. */
  readonly partial: number;
  /** The far side takes nothing and wants to be left alone. */
  readonly throttled: number;
  /** The call fails before anything arrives. */
  readonly lost: number;
  /** Everything arrives and the answer is lost. */
  readonly answerLost: number;
  /** The call never ends; what it carried arrives much later, or never. */
  readonly hangs: number;
  /** A pack is refused for good. */
  readonly refused: number;
  /** One event of a pack is rejected. */
  readonly rejected: number;
};

/** A far side with faults, that keeps the truth and notes what a sender should not have done. */
export type UnreliableSide = {
  readonly transport: Transport;
  /** Ids of events in the order of arrival, repeats included. */
  readonly arrived: string[];
  /** Ids of events of which the sender was told that they are durable. */
  readonly confirmed: ReadonlySet<string>;
  readonly misdeeds: string[];
  /** Bytes of packs on their way now. */
  readonly bytesOnTheWay: number;
};

const LIMITS: Transport['limits'] = {
  packEvents: 7,
  packBytes: 4_000,
  callPacks: 4,
  callEvents: 16,
  callBytes: 6_000,
  callRawBytes: 9_000,
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

export const unreliableSide = (time: VirtualTime, chance: Chance, faults: Faults): UnreliableSide => {
  const arrived: string[] = [];
  const confirmed = new Set<string>();
  const misdeeds: string[] = [];
  const onTheWay = new Map<string, Pack>();

  const unpacked = new WeakMap<Pack, readonly string[]>();
  const idsOf = (pack: Pack): readonly string[] => {
    const ids = unpacked.get(pack) ?? eventsOf(pack).map(({ id }) => id);
    unpacked.set(pack, ids);
    return ids;
  };

  const inspect = (packs: readonly Pack[]): void => {
    const { callPacks, callEvents, callBytes, callRawBytes, packEvents, packBytes } = LIMITS;
    if (packs.length === 0 || packs.length > callPacks) misdeeds.push(`a call of ${packs.length} packs`);
    if (packs.length > 1) {
      if (sum(packs.map(({ events }) => events)) > callEvents) misdeeds.push('a call with too many events');
      if (sum(packs.map(({ data }) => data.length)) > callBytes) misdeeds.push('a call that is too large');
      if (sum(packs.map(({ rawBytes }) => rawBytes)) > callRawBytes) misdeeds.push('a call that unpacks to too much');
    }
    for (const pack of packs) {
      if (onTheWay.has(pack.subject)) misdeeds.push(`two packs of ${pack.subject} on the way`);
      if (pack.events > packEvents) misdeeds.push('a pack with too many events');
      if (pack.events > 1 && pack.rawBytes > packBytes) misdeeds.push('a pack that is too large');
      for (const id of idsOf(pack)) if (confirmed.has(id)) misdeeds.push(`${id} sent again though it was confirmed`);
    }
  };

  const outcomeOf = (pack: Pack, signal: AbortSignal): Outcome => {
    if (chance.happens(faults.partial)) return { status: 'again', reason: 'not this one' };
    if (chance.happens(faults.refused)) return { status: 'refused', reason: 'never' };
    const ids = idsOf(pack);
    const bad = chance.happens(faults.rejected) ? chance.below(ids.length) : undefined;
    const good = ids.filter((_, index) => index !== bad);
    arrived.push(...good);
    if (!signal.aborted) for (const id of good) confirmed.add(id);
    const rejection = { code: 'BAD', path: '/data', message: 'it is bad' };
    return { status: 'delivered', ...(bad === undefined ? {} : { rejections: [{ index: bad, ...rejection }] }) };
  };

  const answer = async (packs: readonly Pack[], signal: AbortSignal): Promise<readonly Outcome[]> => {
    await time.sleep(1 + chance.below(300));
    if (chance.happens(faults.lost)) throw new Error('connection reset');
    if (chance.happens(faults.hangs)) {
      if (chance.happens(0.5)) void time.sleep(chance.below(8_000)).then(() => arrived.push(...packs.flatMap(idsOf)));
      return new Promise(() => {});
    }
    if (chance.happens(faults.throttled)) {
      const afterMillis = chance.happens(0.5) ? chance.below(2_000) : undefined;
      return packs.map(() => ({
        status: 'again',
        reason: 'slow down',
        ...(afterMillis === undefined ? {} : { afterMillis }),
      }));
    }
    if (chance.happens(faults.answerLost)) {
      arrived.push(...packs.flatMap(idsOf));
      throw new Error('the answer is lost');
    }
    return packs.map((pack) => outcomeOf(pack, signal));
  };

  return {
    arrived,
    confirmed,
    misdeeds,
    get bytesOnTheWay() {
      return sum([...onTheWay.values()].map(({ data }) => data.length));
    },
    transport: {
      limits: LIMITS,
      send: async (packs, signal) => {
        inspect(packs);
        for (const pack of packs) onTheWay.set(pack.subject, pack);
        const leave = (): void => {
          for (const pack of packs) onTheWay.delete(pack.subject);
        };
        signal.addEventListener('abort', leave);
        try {
          return await answer(packs, signal);
        } finally {
          if (!signal.aborted) leave();
        }
      },
    },
  };
};
