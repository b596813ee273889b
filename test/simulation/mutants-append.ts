import { add, formatDecimal, parseDecimal, subtract } from '../../lambdas/platform/decimal.ts';
import { appendHash } from '../../lambdas/usage/ledger/chain.ts';
import { encodeAppend } from '../../lambdas/usage/ledger/ledger-item.ts';
import type { LedgerRead, LedgerStore } from '../../lambdas/usage/ledger/ledger-store.ts';
import type { Append, CanonicalUsage, KeyState } from '../../lambdas/usage/types.ts';
import type { Mutant } from './wiring.ts';

/** Deliberate bugs of appending: what is known of ids, and under which condition is written. */

const idOf = ({ slot, idHash }: CanonicalUsage): string => `${slot.subject} ${slot.start} ${idHash}`;
const changed = (read: LedgerRead, change: (append: Append) => Append): LedgerRead => ({
  ...read,
  appends: read.appends.map(change),
});
const reading = (ledger: LedgerStore, change: (append: Append) => Append): LedgerStore => ({
  ...ledger,
  slotAbove: async (slot, version) => changed(await ledger.slotAbove(slot, version), change),
  day: async (subject, day, within) => changed(await ledger.day(subject, day, within), change),
});

/** Ids are claimed, then counted: what fails in between is a duplicate at the next try. */
const claimBeforeWrite = (): Mutant => {
  const claimed = new Set<string>();
  return {
    ingestPorts: (ports) => ({
      ...ports,
      append: async (usages) => {
        const fresh = usages.filter((usage) => !claimed.has(idOf(usage)));
        for (const usage of fresh) claimed.add(idOf(usage));
        const outcome = await ports.append(fresh);
        return { ...outcome, duplicates: [...outcome.duplicates, ...usages.filter((usage) => !fresh.includes(usage))] };
      },
    }),
  };
};

const sumOf = (base: KeyState | undefined, ours: KeyState, theirs: KeyState | undefined): KeyState => {
  if (ours.class !== 'scalar' || theirs?.class !== 'scalar') return ours;
  const before = base?.class === 'scalar' ? base : { count: 0, sum: '0' };
  const added = subtract(parseDecimal(ours.sum), parseDecimal(before.sum));
  return {
    ...theirs,
    count: theirs.count + ours.count - before.count,
    sum: formatDecimal(add(parseDecimal(theirs.sum), added)),
  };
};

/** A counter is incremented where it stands, whoever was there first, instead of put on the state that was seen. */
const counterIncrement = (): Mutant => ({
  twins: (twins) => ({
    ...twins,
    ledger: {
      ...twins.ledger,
      putIfAbsent: async (append) => {
        const { appends } = await twins.ledger.slotAbove(append.slot, 0);
        const [last, seen] = [appends.at(-1), appends[append.version - 2]];
        if (last === undefined || last === seen) return twins.ledger.putIfAbsent(append);
        const states = Object.entries(append.states).map(([key, state]): [string, KeyState] => [
          key,
          sumOf(seen?.states[key], state, last.states[key]),
        ]);
        const { hash: _, ...said } = append;
        const next = {
          ...said,
          version: last.version + 1,
          previousHash: last.hash,
          states: Object.fromEntries(states),
        };
        return twins.ledger.putIfAbsent({ ...next, hash: appendHash(next) });
      },
    },
  }),
});

/** The put has no condition: the last writer of a version wins. */
const missingCondition = (): Mutant => ({
  twins: (twins) => ({
    ...twins,
    ledger: {
      ...twins.ledger,
      putIfAbsent: async (append) => {
        const item = encodeAppend(append);
        twins.ledger.items.set(`${item.pk} ${item.sk}`, item);
        return 'written';
      },
    },
  }),
});

/** A lost race is taken for a success. */
const lostRaceUnnoticed = (): Mutant => ({
  appendPorts: (ports) => ({
    ...ports,
    ledger: {
      ...ports.ledger,
      putIfAbsent: async (append) => {
        await ports.ledger.putIfAbsent(append);
        return 'written';
      },
    },
  }),
});

/** The cache advances before the write is known, and keeps what it has when the write fails. */
const cacheBeforeWrite = (): Mutant => ({
  appendPorts: (ports) => {
    const { ledger, memory } = ports;
    return {
      ...ports,
      memory: { ...memory, slots: { ...memory.slots, forget: () => undefined } },
      ledger: {
        ...ledger,
        putIfAbsent: (append) => {
          memory.slots.advance(append.slot, memory.slots.get(append.slot), [append]);
          return ledger.putIfAbsent(append);
        },
      },
    };
  },
});

/** After a lost race only the version is taken over, not what the other writer counted. */
const cacheNotRefreshed = (): Mutant => ({
  appendPorts: (ports) => ({
    ...ports,
    ledger: {
      ...ports.ledger,
      slotAbove: async (slot, version) =>
        changed(await ports.ledger.slotAbove(slot, version), (append) =>
          version === 0 ? append : { ...append, ids: [], states: {} },
        ),
    },
  }),
});

/** A cancellation counts for what is there; what it cancels and comes later is counted. */
const tombstoneForgotten = (): Mutant => ({
  appendPorts: (ports) => ({ ...ports, ledger: reading(ports.ledger, ({ cancels: _, ...append }) => append) }),
});

const DEDUPE_WINDOW_MILLIS = 24 * 3_600_000;

/** Ids are remembered for a day. */
const windowThatForgets = (): Mutant => ({
  appendPorts: (ports) => ({
    ...ports,
    ledger: reading(ports.ledger, (append) =>
      ports.clock.nowMillis() - Date.parse(append.appendedAt) > DEDUPE_WINDOW_MILLIS ? { ...append, ids: [] } : append,
    ),
  }),
});

/** What is sealed keeps its states and forgets its ids. */
const sealForgetsIds = (): Mutant => ({
  twins: (twins) => ({
    ...twins,
    sealed: {
      ...twins.sealed,
      open: async (seal) => {
        const chain = await twins.sealed.open(seal);
        return chain && { ...chain, bodyOf: () => undefined };
      },
    },
  }),
});

/** All of them, by name. */
export const APPEND_MUTANTS: Readonly<Record<string, () => Mutant>> = {
  claimBeforeWrite,
  counterIncrement,
  missingCondition,
  lostRaceUnnoticed,
  cacheBeforeWrite,
  cacheNotRefreshed,
  windowThatForgets,
  tombstoneForgotten,
  sealForgetsIds,
};
