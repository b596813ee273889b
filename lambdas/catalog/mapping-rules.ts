import jsonata from 'jsonata';
import type { Flaw } from './shape.ts';
import type { Mapping, Recognition } from './types.ts';

/** The kinds of recognition that a line may have. */
const RECOGNITIONS: readonly Recognition[] = ['point-in-time', 'straight-line-day', 'straight-line-month', 'as-used'];

/** The table of a NetSuite mapping that names a template of revenue recognition for each kind. */
const TEMPLATES = 'revRecSchedule';

/** A node of a JSONata expression, as far as one can be sure of it. */
type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Every node of an expression. */
const nodesOf = (value: unknown): Node[] =>
  isNode(value) ? [value, ...Object.values(value).flatMap((child) => nodesOf(child))] : [];

/** The nodes of an expression, or why it is none. */
const parsed = (expression: string): readonly Node[] | string => {
  try {
    return nodesOf(jsonata(expression).ast());
  } catch (error) {
    return isNode(error) && 'message' in error ? String(error.message) : '';
  }
};

/** The tables that an expression names in `$table("name", key)`. */
const tablesRead = (nodes: readonly Node[]): string[] => {
  const names = nodes.flatMap(({ type, procedure, arguments: args }) => {
    if (type !== 'function' || !isNode(procedure) || procedure.value !== 'table' || !Array.isArray(args)) return [];
    const first: unknown = args[0];
    return isNode(first) && first.type === 'string' ? [String(first.value)] : [];
  });
  return [...new Set(names)];
};

/**
 * What stands against a mapping (paths start at its body): an expression that is none or reads a table that is not there,
 * and templates of revenue recognition for some kinds only, which would stop the first document that has another.
 */
export const mappingFlaws = ({ expression, tables }: Mapping): Flaw[] => {
  const nodes = parsed(expression);
  if (typeof nodes === 'string') return [{ path: '/expression', message: `is not a JSONata expression: ${nodes}` }];
  const missing = tablesRead(nodes).filter((name) => !Object.hasOwn(tables, name));
  return [
    ...missing.map((name) => ({
      path: '/expression',
      message: `reads the table "${name}", which "tables" does not have: add it there, or leave the field out`,
    })),
    ...templateFlaws(tables[TEMPLATES]),
  ];
};

const templateFlaws = (templates: Mapping['tables'][string] | undefined): Flaw[] => {
  if (templates === undefined) return [];
  const kinds: readonly string[] = RECOGNITIONS;
  const path = `/tables/${TEMPLATES}`;
  const without = kinds.filter((kind) => !Object.hasOwn(templates, kind));
  const unknown = Object.keys(templates).filter((kind) => !kinds.includes(kind));
  return [
    ...without.map((kind) => ({
      path,
      message: `names no template for "${kind}": name one for each of ${kinds.join(', ')}; or leave the table and the field out, then dates alone are sent and each item is recognized by its own rule in NetSuite`,
    })),
    ...unknown.map((kind) => ({
      path: `${path}/${kind}`,
      message: `"${kind}" is not how a line is recognized; there are ${kinds.join(', ')}`,
    })),
  ];
};

/** Documents of NetSuite; its other kinds have no lines. */
const DOCUMENTS: readonly string[] = ['invoice', 'debit-memo', 'credit-memo'];

/** Whether a mapping makes NetSuite's documents without saying when their lines become revenue. */
export const saysNoRevenue = ({ adapter, kind, expression }: Mapping): boolean => {
  if (adapter !== 'netsuite' || !DOCUMENTS.includes(kind)) return false;
  const nodes = parsed(expression);
  return typeof nodes !== 'string' && !nodes.some(({ type, value }) => type === 'name' && value === 'revenue');
};
