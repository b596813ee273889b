import jsonata from 'jsonata';
import type { Mapping } from '../catalog/types.ts';
import { sha256Hex } from '../platform/hash.ts';
import { numberToken } from './exact-json.ts';

/** Why a document could not be mapped. `missing-mapping` is mended in the mapping's tables, the rest in its expression. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
  readonly code: 'missing-mapping' | 'bad-mapping';
  readonly mapping: string;
  /** For `missing-mapping`: the table, and the key that it has no entry for. */
  readonly table?: string;
  readonly key?: string;
  constructor(code: MappingError['code'], mapping: string, message: string, missing?: { table: string; key: string }) {
    super(`mapping ${mapping}: ${message}`);
    this.code = code;
    this.mapping = mapping;
    if (missing) {
      this.table = missing.table;
      this.key = missing.key;
    }
  }
}

/** What is sent: the request's text and the hash that pins it. */
export type MappedPayload = { readonly payload: string; readonly hash: string };

const isMarker = (value: object): value is { $decimal: unknown } =>
  '$decimal' in value && Object.keys(value).length === 1;

/** The value with sorted keys, its `$decimal` markers turned into number tokens, absent fields left out. */
const exact = (value: unknown, path: string): unknown => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  // A number here was written in the expression or computed by JSONata in binary floating point: only ids may be so.
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return value;
    throw new RangeError(`${path} is the computed number ${value}; amounts and quantities go through $decimal`);
  }
  if (Array.isArray(value)) return value.map((item, n) => exact(item, `${path}[${n}]`));
  if (typeof value === 'object') {
    if (isMarker(value)) {
      if (typeof value.$decimal === 'string') return numberToken(value.$decimal);
      throw new RangeError(`${path} has a $decimal that is not text`);
    }
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, exact(field, `${path}.${key}`)] as const);
    return Object.fromEntries(fields);
  }
  throw new RangeError(`${path} is a ${typeof value}, which JSON has not`);
};

/** `$table(name, key)` of an expression: a missing entry stops the mapping, it never becomes an absent field. */
const tableLookup = (mapping: Mapping) => (table: unknown, key: unknown) => {
  const [tableName, keyText] = [String(table), String(key)];
  const entry = Object.hasOwn(mapping.tables, tableName) ? mapping.tables[tableName] : undefined;
  const value = entry !== undefined && Object.hasOwn(entry, keyText) ? entry[keyText] : undefined;
  if (value !== undefined) return value;
  throw new MappingError('missing-mapping', mapping.id, `table "${tableName}" has no entry for "${keyText}"`, {
    table: tableName,
    key: keyText,
  });
};

/** `$negate(text)` of an expression: the sign of a decimal text turned round (zero stays as it is). No arithmetic. */
const negateText = (text: unknown): string => {
  const value = String(text);
  if (/^-?0*(\.0*)?$/.test(value)) return value.replace('-', '');
  return value.startsWith('-') ? value.slice(1) : `-${value}`;
};

/**
 * Maps a document or signal to a vendor's request. The expression selects, names and chooses; it never computes an
 * amount: `{"$decimal": "7.50"}` becomes the number token `7.50` exactly as written.
 * In the expression: `$table(name, key)` reads the mapping's tables, `$negate(text)` turns the sign of a decimal text.
 * @throws {MappingError} `missing-mapping` for a table without the entry, `bad-mapping` for everything else.
 */
export const mapPayload = async (mapping: Mapping, input: unknown): Promise<MappedPayload> => {
  try {
    const expression = jsonata(mapping.expression);
    expression.registerFunction('table', tableLookup(mapping));
    expression.registerFunction('negate', negateText);
    const result: unknown = await expression.evaluate(input);
    if (typeof result !== 'object' || result === null || Array.isArray(result)) {
      throw new RangeError('the expression does not give an object');
    }
    const payload = JSON.stringify(exact(result, '$'));
    return { payload, hash: sha256Hex(payload) };
  } catch (error) {
    if (error instanceof MappingError) throw error;
    // JSONata throws plain objects with a message, not Errors.
    const reason = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
    throw new MappingError('bad-mapping', mapping.id, String(reason));
  }
};
