import { type Names, readerOf, type Values, valueAt } from './expressions.ts';
import type { Item, Value } from './item-size.ts';

const number = (value: Value | undefined): bigint | number => {
  const text = value?.N ?? '0';
  return /^-?\d+$/.test(text) ? BigInt(text) : Number(text);
};
const sumOf = (a: Value | undefined, b: Value | undefined, sign: 1 | -1): Value => {
  const [x, y] = [number(a), number(b)];
  if (typeof x === 'bigint' && typeof y === 'bigint') return { N: String(x + (sign === 1 ? y : -y)) };
  return { N: String(Number(x) + sign * Number(y)) };
};

const withValue = (item: Item, path: readonly string[], value: Value | undefined): Item => {
  const [name = '', ...rest] = path;
  const { [name]: old, ...others } = item;
  if (rest.length > 0) return { ...item, [name]: { M: withValue(old?.M ?? {}, rest, value) } };
  return value === undefined ? others : { ...others, [name]: value };
};

const added = (old: Value | undefined, by: Value | undefined): Value => {
  if (by?.SS) return { SS: [...new Set([...(old?.SS ?? []), ...by.SS])] };
  if (by?.BS) return { BS: [...new Set([...(old?.BS ?? []), ...by.BS])] };
  return sumOf(old, by, 1);
};
const removed = (old: Value | undefined, by: Value | undefined): Value | undefined => {
  const rest = (old?.SS ?? []).filter((text) => !(by?.SS ?? []).includes(text));
  return rest.length === 0 ? undefined : { SS: rest };
};

/** The item after an update expression (SET, REMOVE, ADD, DELETE; `+`, `-`, if_not_exists, list_append). */
export const updated = (text: string, item: Item, names: Names, values: Values): Item => {
  const reader = readerOf(text);
  let result = item;
  const pathOf = (token: string): string[] => token.split('.').map((part) => names[part] ?? part);

  const operand = (): Value | undefined => {
    const token = reader.take();
    const name = token.toLowerCase();
    if (name !== 'if_not_exists' && name !== 'list_append')
      return token.startsWith(':') ? values[token] : valueAt(item, token, names);
    reader.take('(');
    const first = operand();
    reader.take(',');
    const second = operand();
    reader.take(')');
    return name === 'if_not_exists' ? (first ?? second) : { L: [...(first?.L ?? []), ...(second?.L ?? [])] };
  };
  const set = (): void => {
    const path = pathOf(reader.take());
    reader.take('=');
    let value = operand();
    while (reader.peek() === '+' || reader.peek() === '-') {
      const sign = reader.take() === '+' ? 1 : -1;
      value = sumOf(value, operand(), sign);
    }
    result = withValue(result, path, value);
  };
  const change = (how: (old: Value | undefined, by: Value | undefined) => Value | undefined): void => {
    const token = reader.take();
    result = withValue(result, pathOf(token), how(valueAt(item, token, names), values[reader.take()]));
  };
  const remove = (): void => {
    result = withValue(result, pathOf(reader.take()), undefined);
  };
  const clauses = new Map([
    ['SET', set],
    ['REMOVE', remove],
    ['ADD', () => change(added)],
    ['DELETE', () => change(removed)],
  ]);
  while (!reader.done()) {
    const clause = clauses.get(reader.take().toUpperCase());
    if (clause === undefined) throw new SyntaxError(`cannot read ${text}`);
    clause();
    while (reader.peek() === ',') {
      reader.take();
      clause();
    }
  }
  return result;
};
