import { formatDecimal, parseDecimal, subtract } from '../../platform/decimal.ts';
import { batchCorrelationId } from '../archive/batch-correlation.ts';
import { upcast } from '../events/upcasters.ts';
import { acceptedEvent } from '../ledger/accepted-line.ts';
import { chainsOf, foldChain } from '../ledger/chain.ts';
import { effectiveSlots, type LedgerPorts } from '../ledger/effective-slots.ts';
import { type MeterIndex, meterIndex } from '../ledger/meter-states.ts';
import { chainName, SLOT_MILLIS, utcDay } from '../ledger/slot.ts';
import { gatherStates, parseStateKey, type StateMap } from '../ledger/state.ts';
import type { Append, KeyState, StateKey } from '../types.ts';
import { type ChainLine, chainLines } from './counted-lines.ts';
import {
  aboutMeter,
  addsUp,
  type ExplainNumberPorts,
  hasDimensions,
  type NumberExplained,
  type NumberPart,
  type NumberQuestion,
  sumOf,
} from './explain-number.ts';

type Matches = (key: StateKey) => boolean;

/** The keys of the meter, in every version, with the values that are asked for. */
const matchesOf = ({ meter, dimensions }: NumberQuestion): Matches => {
  const id = meter[0]?.id;
  return (key) => {
    const parts = parseStateKey(key);
    return parts !== undefined && parts.meter === id && hasDimensions(parts.dimensions, dimensions);
  };
};

/** What states say under matching keys, as one. */
const stateOf = (states: StateMap, matches: Matches): KeyState | undefined => {
  const gathered = gatherStates();
  for (const [key, state] of Object.entries(states)) if (matches(key)) gathered.add('all', state);
  return gathered.states().all;
};

/** A state as people read it: the number of its aggregation, or how many samples it holds. */
const quantityOf = (state: KeyState | undefined, { aggregation }: Pick<NumberExplained, 'aggregation'>): string => {
  if (state === undefined) return '0';
  if (state.class === 'set') return String(state.values.length);
  if (state.class === 'points') {
    const last = state.points.at(-1)?.value ?? '0';
    return state.points.length === 1 ? last : `${state.points.length} samples, the last ${last}`;
  }
  switch (aggregation) {
    case 'COUNT':
      return String(state.count);
    case 'MIN':
      return state.min;
    case 'MAX':
      return state.max;
    case 'LATEST':
      return state.latest.value;
    case 'AVG':
      return `${state.sum} / ${state.count}`;
    default:
      return state.sum;
  }
};

const difference = (after: string, before: string): string =>
  formatDecimal(subtract(parseDecimal(after), parseDecimal(before)));

/** Where an append is: `<subject>#<slot>#<version>`, of an overlay `<subject>#<slot>~<backfill>#<version>`. */
const placeOf = ({ slot, version }: Append): string => `${slot.subject}#${chainName(slot)}#${version}`;

/** The appends of one chain, each with what the chain said before and after it. */
const appendParts = (
  chain: readonly Append[],
  matches: Matches,
  about: ReturnType<typeof aboutMeter>,
): NumberPart[] => {
  let before = '0';
  return chain.map((append, n) => {
    const after = quantityOf(stateOf(foldChain(chain.slice(0, n + 1)).states, matches), about);
    const change = addsUp(about.aggregation) ? { adds: difference(after, before) } : {};
    before = after;
    const { slot, version, ids, cancels = [], late, appendedAt, full, hash } = append;
    return {
      name: `${slot.subject} ${slot.overlay === undefined ? '' : `backfill ${slot.overlay} `}append ${version}`,
      at: placeOf(append),
      quantity: after,
      ...change,
      about: { appendedAt, lines: ids.length, cancels: cancels.length, late, restates: full, hash },
    };
  });
};

const slotOf = async ({ ledger, overlays }: LedgerPorts, subject: string, start: string) => {
  const to = new Date(Date.parse(start) + SLOT_MILLIS).toISOString();
  const read = await ledger.day(subject, utcDay(start), { from: start, to });
  const [slot] = await effectiveSlots([read], { ...overlays });
  const counting = new Set((slot?.overlays ?? []).map(({ backfill }) => backfill));
  const versions = new Map((slot?.overlays ?? []).map(({ backfill, version }) => [backfill, version]));
  const chains = chainsOf([...read.appends, ...read.overlays.filter((each) => counting.has(each.slot.overlay ?? ''))]);
  const pinned = chains.map((chain) =>
    chain.filter((append) => append.version <= (versions.get(append.slot.overlay ?? '') ?? Number.POSITIVE_INFINITY)),
  );
  return { slot, chains: pinned };
};

/** The number of a slot: the appends of its chains, of every subject that the account had then. */
export const explainSlot = async (
  ports: ExplainNumberPorts,
  question: NumberQuestion,
  start: string,
): Promise<NumberExplained> => {
  const about = aboutMeter(question.meter);
  const matches = matchesOf(question);
  const parts: NumberPart[] = [];
  const states = gatherStates();
  const owned = question.subjects.filter(({ from, to }) => from <= start && start < to);
  for (const subject of new Set(owned.map((each) => each.subject))) {
    const { slot, chains } = await slotOf(ports, subject, start);
    for (const [key, state] of Object.entries(slot?.states ?? {})) if (matches(key)) states.add('all', state);
    // What never said anything of the meter says nothing here.
    const own = chains.filter((chain) => chain.some((append) => Object.keys(append.states).some(matches)));
    for (const chain of own) parts.push(...appendParts(chain, matches, about));
  }
  const quantity = quantityOf(states.states().all, about);
  const over = addsUp(about.aggregation) ? difference(quantity, sumOf(parts.map(({ adds = '0' }) => adds))) : '0';
  return {
    level: 'appends',
    ...about,
    quantity,
    dimensions: question.dimensions,
    parts: [
      ...parts,
      ...(over === '0' ? [] : [{ name: 'in several chains, or cancelled in another one', adds: over }]),
    ],
  };
};

/** Lines of one page. */
const LINES_PER_PAGE = 200;

/** What an event is for the number: its contributions under matching keys, as one. */
const measured = async ({ archive }: ExplainNumberPorts, line: ChainLine, index: MeterIndex, matches: Matches) => {
  const archived = await archive.line(line.pointer);
  const sent = acceptedEvent(archived, line);
  const event = upcast(sent);
  const gathered = gatherStates();
  const contributions = line.role === 'alone' ? [] : index.contributions({ event, idHash: line.idHash });
  for (const contribution of contributions) {
    if (!matches(contribution.key)) continue;
    gathered.addValue({ ...contribution, key: 'all' }, { time: event.time, idHash: line.idHash });
  }
  return { archived, event, state: gathered.states().all };
};

/** The earlier line of the chain that holds an event which counted until an append cancelled it. */
const countedBefore = (lines: readonly ChainLine[], version: number, idHash: string): ChainLine | undefined => {
  const cancelledBefore = lines.some(
    ({ append }) => append.version < version && (append.cancels ?? []).some((each) => each.idHash === idHash),
  );
  if (cancelledBefore) return undefined;
  return lines.find((line) => line.append.version < version && line.idHash === idHash && line.role !== 'alone');
};

/**
 * What one append did to the number: its lines, with the events as they were sent. A line adds what it measures, unless it
 * was cancelled by then; one that cancels an event which counted takes that away.
 * @param place `at` of the append
 * @param after `next` of the page before
 * @returns `undefined` if there is no such append
 */
export const explainAppend = async (
  ports: ExplainNumberPorts,
  question: NumberQuestion,
  place: string,
  after: string | undefined,
): Promise<NumberExplained | undefined> => {
  const [subject = '', chain = '', version = ''] = place.split('#');
  const [start = '', overlay] = chain.split('~');
  const slot = { subject, start, ...(overlay === undefined ? {} : { overlay }) };
  const { appends } = await ports.ledger.slotAbove(slot, 0);
  const append = appends.find((each) => each.version === Number(version));
  if (append === undefined) return undefined;
  const about = aboutMeter(question.meter);
  const matches = matchesOf(question);
  const index = meterIndex(question.meter);
  const upTo = appends.filter((each) => each.version <= append.version);
  const lines = chainLines([upTo]);
  const first = after === undefined ? 0 : Number(after);
  const own = lines.filter((line) => line.append === append);
  const parts: NumberPart[] = [];
  for (const line of own.slice(first, first + LINES_PER_PAGE)) {
    const { archived, event, state } = await measured(ports, line, index, matches);
    const value = quantityOf(state, about);
    const adds = [...(line.role === 'counted' && state !== undefined ? [value] : [])];
    const cancelled = (append.cancels ?? []).filter((each) => each.line === line.n);
    for (const { idHash } of cancelled) {
      const before = countedBefore(lines, append.version, idHash);
      const taken = before && (await measured(ports, { ...before, role: 'counted' }, index, matches)).state;
      if (taken !== undefined && addsUp(about.aggregation)) adds.push(difference('0', quantityOf(taken, about)));
    }
    parts.push({
      name: event.id,
      ...(state === undefined ? {} : { quantity: value }),
      ...(addsUp(about.aggregation) ? { adds: sumOf(adds) } : {}),
      about: {
        role: line.role === 'counted' && state === undefined ? 'not measured' : line.role,
        type: event.type,
        time: event.time,
        source: event.source,
        receivedAt: archived.receivedAt,
        archive: line.pointer.key,
        line: line.pointer.line,
        shard: archived.position.shard,
        sequence: archived.position.sequence,
        index: archived.position.index,
        correlationId: batchCorrelationId(line.pointer.key),
        event: archived.line,
      },
    });
  }
  const changeOf = (chainTo: readonly Append[]): string =>
    chainTo.length === 0 ? '0' : quantityOf(stateOf(foldChain(chainTo).states, matches), about);
  const [now, then] = [changeOf(upTo), changeOf(upTo.slice(0, -1))];
  const more = first + LINES_PER_PAGE < own.length;
  return {
    level: 'lines',
    ...about,
    quantity: addsUp(about.aggregation) ? difference(now, then) : now,
    dimensions: question.dimensions,
    parts,
    ...(more ? { next: String(first + LINES_PER_PAGE) } : {}),
  };
};
