import type { Chance } from './chance.ts';

/** What can go wrong at a call, or between two. */
const KINDS = [
  /** The process died before the call, which may still arrive. */
  'diedBefore',
  /** The process died after the call took effect. */
  'diedAfter',
  /** The process ran longer than a function may. */
  'timedOut',
  /** Refused by the service. */
  'throttled',
  /** No effect, and an error. */
  'failed',
  /** An error, and the effect a little later. */
  'lateEffect',
  /** The effect, and then an error. */
  'lostAnswer',
  /** The effect twice: the client tried again by itself. */
  'repeated',
  /** Hours passed between two turns. */
  'clockJump',
  /** A batch came again after it failed, or although it was done. */
  'redelivered',
  /** A failed batch came again in parts. */
  'bisected',
  /** A second consumer read the same shard at the same time. */
  'doubleConsumer',
  /** A shard was split, or two were merged. */
  'reshard',
  /** An invocation began without memory. */
  'coldStart',
  /** A spilled message was delivered though it was done, or to two at once. */
  'doubleDelivery',
  /** A spilled message went to the dead letters and was sent again from there. */
  'deadLetter',
] as const;

export type FaultKind = (typeof KINDS)[number];
/** How often each happened. */
export type FaultCounts = Record<FaultKind, number>;
/** How likely each is, wherever it can happen. */
export type FaultRates = Readonly<Record<FaultKind, number>>;

export const NO_FAULTS: Readonly<FaultCounts> = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as FaultCounts;

const USUAL: FaultRates = {
  ...NO_FAULTS,
  diedBefore: 0.004,
  diedAfter: 0.004,
  throttled: 0.01,
  failed: 0.01,
  lateEffect: 0.015,
  lostAnswer: 0.02,
  repeated: 0.02,
  clockJump: 0.002,
  redelivered: 0.08,
  bisected: 0.4,
  doubleConsumer: 0.08,
  coldStart: 0.15,
  doubleDelivery: 0.15,
};

/**
 * The rates of one run. Each run has some kinds more often than others and some not at all: what only shows while nothing
 * else goes wrong is found too.
 */
export const ratesOf = (dice: Chance): FaultRates =>
  Object.fromEntries(
    KINDS.map((kind) => [kind, Math.min(0.9, USUAL[kind] * dice.pick([0, 0.3, 1, 1, 2, 3]))]),
  ) as FaultRates;
