import { formatDecimal, fromInteger, multiply, parseDecimal } from '../../lambdas/platform/decimal.ts';
import type { SlotState } from '../../lambdas/usage/ledger/chain.ts';
import type { KeyState, Point } from '../../lambdas/usage/types.ts';

const movedTo = (point: Point, origin: string, start: string): Point => ({
  ...point,
  time: new Date(Date.parse(point.time) + Date.parse(start) - Date.parse(origin)).toISOString(),
});

const timesState = (state: KeyState, origin: string, starts: readonly string[]): KeyState => {
  switch (state.class) {
    case 'set':
      return state;
    case 'points':
      return {
        ...state,
        points: starts.flatMap((start) => state.points.map((point) => movedTo(point, origin, start))),
      };
    case 'scalar':
      return {
        ...state,
        count: state.count * starts.length,
        sum: formatDecimal(multiply(parseDecimal(state.sum), fromInteger(starts.length))),
        latest: movedTo(state.latest, origin, starts.at(-1) ?? origin),
      };
  }
};

/** Several slots of a day that say the same, as one slot that says all of it: what a day comes to is the same, and made sooner. */
export const slotOf = (state: SlotState, starts: readonly string[]): SlotState => ({
  ...state,
  start: starts[0] ?? state.start,
  accepted: state.accepted * starts.length,
  late: state.late * starts.length,
  states: Object.fromEntries(
    Object.entries(state.states).map(([key, each]) => [key, timesState(each, state.start, starts)]),
  ),
});
