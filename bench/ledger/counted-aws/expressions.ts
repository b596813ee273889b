import type { Item, Value } from './item-size.ts';

/**
 * Condition, key and filter expressions of DynamoDB, as far as Meterbridge and the alternatives use them: comparisons,
 * BETWEEN, IN, AND, OR, NOT, the functions attribute_exists, attribute_not_exists, begins_with, contains and size.
 */
export type Names = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, Value>>;

const TOKENS = /\s*(<>|<=|>=|[=<>(),+-]|[#:]?[A-Za-z_][\w.#[\]]*)/gy;

/** The words and signs of an expression. @throws {SyntaxError} for what is none. */
export const tokensOf = (text: string): string[] => {
  const tokens = [...text.matchAll(TOKENS)].map(([, token = '']) => token);
  if (tokens.join('').length !== text.replaceAll(/\s/g, '').length) throw new SyntaxError(`cannot read ${text}`);
  return tokens;
};

/** The value at a path like `#a.b`. */
export const valueAt = (item: Item | undefined, path: string, names: Names): Value | undefined => {
  let value: Value | undefined = { M: item ?? {} };
  for (const part of path.split('.')) value = value?.M?.[names[part] ?? part];
  return value;
};

const compare = (a: Value, b: Value): number | undefined => {
  if (a.N !== undefined && b.N !== undefined) return Number(a.N) - Number(b.N);
  const [x, y] = [a.S ?? a.B, b.S ?? b.B];
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : 0;
  return a.BOOL !== undefined && a.BOOL === b.BOOL ? 0 : undefined;
};

const sizeOf = (value: Value | undefined): Value | undefined => {
  if (value === undefined) return undefined;
  const many = value.SS ?? value.NS ?? value.BS ?? value.L ?? (value.M && Object.keys(value.M));
  return { N: String(many?.length ?? (value.S ?? value.B ?? '').length) };
};

/** A reader over the tokens of one expression. */
export type Reader = { peek(): string; take(expected?: string): string; done(): boolean };

/** Starts reading. */
export const readerOf = (text: string): Reader => {
  const tokens = tokensOf(text);
  let at = 0;
  return {
    peek: () => tokens[at] ?? '',
    take: (expected) => {
      const token = tokens[at] ?? '';
      if (expected !== undefined && token.toUpperCase() !== expected)
        throw new SyntaxError(`${expected} expected in ${text}`);
      at += 1;
      return token;
    },
    done: () => at >= tokens.length,
  };
};

/** Whether an item fulfils an expression. A missing item has no attributes. */
export const fulfils = (text: string, item: Item | undefined, names: Names, values: Values): boolean => {
  const reader = readerOf(text);
  const isWord = (word: string): boolean => reader.peek().toUpperCase() === word;

  const operand = (): Value | undefined => {
    const token = reader.take();
    if (token.startsWith(':')) return values[token];
    if (token.toLowerCase() !== 'size') return valueAt(item, token, names);
    reader.take('(');
    const value = sizeOf(operand());
    reader.take(')');
    return value;
  };
  const holds = (name: string): boolean => {
    reader.take('(');
    const path = reader.peek();
    const subject = operand();
    let argument: Value | undefined;
    if (reader.peek() === ',') {
      reader.take();
      argument = operand();
    }
    reader.take(')');
    switch (name) {
      case 'attribute_exists':
        return subject !== undefined;
      case 'attribute_not_exists':
        return subject === undefined;
      case 'begins_with':
        return (subject?.S ?? '').startsWith(argument?.S ?? '\u0000');
      case 'contains':
        return subject?.SS?.includes(argument?.S ?? '') ?? subject?.S?.includes(argument?.S ?? '\u0000') ?? false;
      default:
        throw new SyntaxError(`the function ${name} over ${path} is not known here`);
    }
  };
  const comparison = (): boolean => {
    const left = operand();
    const sign = reader.take().toUpperCase();
    const against = (right: Value | undefined): number | undefined =>
      left === undefined || right === undefined ? undefined : compare(left, right);
    if (sign === 'BETWEEN') {
      const low = against(operand());
      reader.take('AND');
      const high = against(operand());
      return low !== undefined && high !== undefined && low >= 0 && high <= 0;
    }
    if (sign === 'IN') {
      let found = false;
      do {
        reader.take();
        if (against(operand()) === 0) found = true;
      } while (reader.peek() === ',');
      reader.take(')');
      return found;
    }
    const order = against(operand());
    if (order === undefined) return sign === '<>';
    return (
      { '=': order === 0, '<>': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[
        sign
      ] ?? false
    );
  };
  const factor = (): boolean => {
    if (isWord('NOT')) {
      reader.take();
      return !factor();
    }
    if (reader.peek() === '(') {
      reader.take();
      const result = either();
      reader.take(')');
      return result;
    }
    return /^(attribute_|begins_with|contains)/.test(reader.peek()) ? holds(reader.take()) : comparison();
  };
  const both = (): boolean => {
    let result = factor();
    while (isWord('AND')) {
      reader.take();
      const next = factor();
      result = result && next;
    }
    return result;
  };
  const either = (): boolean => {
    let result = both();
    while (isWord('OR')) {
      reader.take();
      const next = both();
      result = result || next;
    }
    return result;
  };
  const result = either();
  if (!reader.done()) throw new SyntaxError(`cannot read ${text}`);
  return result;
};
