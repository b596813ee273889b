import { canonicalJson } from '../../platform/canonical-json.ts';
import type { StateMap } from '../ledger/state.ts';

/** Something that is not the same when it is made again, and where. */
export type Difference = {
  readonly what: 'SETTLED_DAY' | 'BALANCE' | 'IDS' | 'CANCELS' | 'STATES';
  readonly subject: string;
  /** UTC day; for a balance the first one of its stretch. */
  readonly day: string;
  /** Start of the slot, of an overlay `<start>~<backfill>`. */
  readonly chain?: string;
  /** One sentence. */
  readonly message: string;
};

const MOST_SHOWN = 160;

const shown = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : canonicalJson(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
};

/** The first key at which two states differ, and what either says there; `undefined`: they are the same, to the last digit. */
export const stateDifference = (
  left: { readonly name: string; readonly states: StateMap },
  right: { readonly name: string; readonly states: StateMap },
): string | undefined => {
  const keys = [...new Set([...Object.keys(left.states), ...Object.keys(right.states)])].sort();
  for (const key of keys) {
    const [a, b] = [shown(left.states[key]), shown(right.states[key])];
    const same = canonicalJson(left.states[key] ?? null) === canonicalJson(right.states[key] ?? null);
    if (!same) return `under ${key} ${left.name} has ${a}, ${right.name} ${b}`;
  }
  return undefined;
};

/** Texts of which the first few are shown. */
export const someOf = (texts: readonly string[]): string =>
  texts.length <= 3 ? texts.join(', ') : `${texts.slice(0, 3).join(', ')} and ${texts.length - 3} more`;
