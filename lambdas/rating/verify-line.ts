import { add, formatDecimal, parseDecimal, subtract } from '../platform/decimal.ts';
import type { RatedLine } from './types.ts';

/** A field that differs, by its path in the line (`arithmetic.children.0.text`); `null` where a side does not have it. */
export type FieldDifference = {
  readonly field: string;
  readonly stored: string | null;
  readonly recomputed: string | null;
};

/** A line that is not the same: `missing` is stored only, `added` is recomputed only. */
export type LineDifference = {
  readonly id: string;
  readonly item: string;
  readonly description: string;
  readonly kind: 'missing' | 'added' | 'differs';
  readonly fields: readonly FieldDifference[];
};

/** What a verification found. `amounts`: by how much the recomputed lines come to more, by currency; only what is not 0. */
export type Verified =
  | { readonly equal: true; readonly lines: number }
  | {
      readonly equal: false;
      readonly lines: number;
      readonly differences: readonly LineDifference[];
      readonly amounts: Readonly<Record<string, string>>;
    };

/** What another engine than the one that is pinned may say otherwise, and nothing else: see `test/golden/rating`. */
const OF_THE_ENGINE: readonly string[] = ['format', 'pins.engine', 'inputsHash', 'recognition', 'group', 'ahead'];

/** Every field of a value with its text, by path. */
const flattened = (value: unknown, path: string, into: Map<string, string>): Map<string, string> => {
  if (typeof value !== 'object' || value === null) {
    if (value !== undefined) into.set(path, String(value));
    return into;
  }
  for (const [key, inner] of Object.entries(value)) flattened(inner, path === '' ? key : `${path}.${key}`, into);
  return into;
};

const fieldsThatDiffer = (stored: RatedLine, recomputed: RatedLine): FieldDifference[] => {
  const [left, right] = [flattened(stored, '', new Map()), flattened(recomputed, '', new Map())];
  const otherEngine = stored.pins.engine !== recomputed.pins.engine;
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((field) => left.get(field) !== right.get(field))
    .filter((field) => !otherEngine || !OF_THE_ENGINE.some((own) => field === own || field.startsWith(`${own}.`)))
    .map((field) => ({ field, stored: left.get(field) ?? null, recomputed: right.get(field) ?? null }));
};

const differing = (
  kind: LineDifference['kind'],
  { id, item, description, amount }: RatedLine,
  fields?: readonly FieldDifference[],
): LineDifference => {
  const alone = {
    field: 'amount',
    stored: kind === 'added' ? null : amount,
    recomputed: kind === 'added' ? amount : null,
  };
  return { id, item, description, kind, fields: fields ?? [alone] };
};

const amountsOf = (stored: readonly RatedLine[], recomputed: readonly RatedLine[]): Record<string, string> => {
  const byCurrency = new Map<string, ReturnType<typeof parseDecimal>>();
  const zero = parseDecimal('0');
  for (const { currency, amount } of recomputed) {
    byCurrency.set(currency, add(byCurrency.get(currency) ?? zero, parseDecimal(amount)));
  }
  for (const { currency, amount } of stored) {
    byCurrency.set(currency, subtract(byCurrency.get(currency) ?? zero, parseDecimal(amount)));
  }
  return Object.fromEntries(
    [...byCurrency].filter(([, off]) => off.units !== 0n).map(([currency, off]) => [currency, formatDecimal(off)]),
  );
};

/**
 * Compares lines as they were stored with what they come to when they are computed again from what they pin: equal, or
 * what differs, by line and field. Lines of another engine must be the same but for what only says which engine it was.
 * Pure: whoever calls it reads the ledger.
 */
export const verifyLines = (stored: readonly RatedLine[], recomputed: readonly RatedLine[]): Verified => {
  const again = new Map(recomputed.map((line) => [line.id, line]));
  const known = new Set(stored.map(({ id }) => id));
  const differences = [
    ...stored.flatMap((line): LineDifference[] => {
      const other = again.get(line.id);
      if (other === undefined) return [differing('missing', line)];
      const fields = fieldsThatDiffer(line, other);
      return fields.length === 0 ? [] : [differing('differs', line, fields)];
    }),
    ...recomputed.filter(({ id }) => !known.has(id)).map((line) => differing('added', line)),
  ];
  const lines = stored.length;
  if (differences.length === 0) return { equal: true, lines };
  return { equal: false, lines, differences, amounts: amountsOf(stored, recomputed) };
};
