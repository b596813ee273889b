/**
 * JSON as text: what people see and change of a refused line. Numbers are never read as floats here, since the very digits
 * may be what is wrong with the line.
 */

type Scalar = { readonly kind: 'scalar'; readonly text: string };
type Member = { readonly key: string; readonly name: string; readonly value: Node };
type Node =
  | Scalar
  | { readonly kind: 'object'; readonly members: readonly Member[] }
  | { readonly kind: 'array'; readonly items: readonly Node[] };

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
/** What is nested deeper, or longer, is shown as it is. */
const MAX_DEPTH = 64;
const MAX_CHARACTERS = 256 * 1024;

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

class TooDeep extends Error {}

/** The tree of a text that `JSON.parse` takes. @throws {TooDeep} */
const treeOf = (text: string): Node => {
  const tokens = text.match(TOKEN) ?? [];
  let at = 0;
  const next = (): string => tokens[at++] ?? '';
  const value = (depth: number): Node => {
    if (depth > MAX_DEPTH) throw new TooDeep();
    const token = next();
    if (token === '{') {
      const members: Member[] = [];
      while (tokens[at] !== '}') {
        const key = next();
        at += 1;
        members.push({ key, name: JSON.parse(key) as string, value: value(depth + 1) });
        if (tokens[at] === ',') at += 1;
      }
      at += 1;
      return { kind: 'object', members };
    }
    if (token === '[') {
      const items: Node[] = [];
      while (tokens[at] !== ']') {
        items.push(value(depth + 1));
        if (tokens[at] === ',') at += 1;
      }
      at += 1;
      return { kind: 'array', items };
    }
    return { kind: 'scalar', text: token };
  };
  return value(0);
};

/** `undefined` for what is no JSON, or too much of it to be shown in order. */
const readable = (text: string): Node | undefined => {
  if (text.length > MAX_CHARACTERS || !isJson(text)) return undefined;
  try {
    return treeOf(text);
  } catch (error) {
    if (error instanceof TooDeep) return undefined;
    throw error;
  }
};

const plain = (node: Node): string => {
  if (node.kind === 'scalar') return node.text;
  return node.kind === 'array'
    ? `[${node.items.map(plain).join(',')}]`
    : `{${node.members.map(({ key, value }) => `${key}:${plain(value)}`).join(',')}}`;
};

const step = (name: string | number): string => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** The longest beginning of a JSON pointer that leads somewhere; `''` is the whole. */
const reached = (root: Node, pointer: string): string => {
  let node: Node | undefined = root;
  let path = '';
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    node =
      node?.kind === 'object'
        ? node.members.findLast((member) => member.name === name)?.value
        : node?.kind === 'array'
          ? node.items[Number(name)]
          : undefined;
    if (node === undefined) return path;
    path += `/${token}`;
  }
  return path;
};

/** A line of JSON over several lines, and which of these hold the place that was asked for: first and last, from 0. */
export type ShownJson = { readonly lines: readonly string[]; readonly marked?: readonly [number, number] };

/**
 * A JSON text in order, two blanks per level. A place that is not there (a missing field) is shown by what should hold it.
 * @returns `undefined` for what is no JSON, or too long or nested too deep to be read by people
 */
export const showJson = (text: string, pointer: string): ShownJson | undefined => {
  const root = readable(text);
  if (root === undefined) return undefined;
  const lines: string[] = [];
  const wanted = reached(root, pointer);
  let marked: readonly [number, number] | undefined;
  const write = (node: Node, before: string, indent: string, path: string, after: string): void => {
    const first = lines.length;
    if (node.kind === 'scalar') lines.push(`${indent}${before}${node.text}${after}`);
    else {
      const [open, close] = node.kind === 'object' ? '{}' : '[]';
      const inner = `${indent}  `;
      const parts =
        node.kind === 'object'
          ? node.members.map(({ key, name, value }) => ({ before: `${key}: `, path: step(name), value }))
          : node.items.map((value, n) => ({ before: '', path: step(n), value }));
      if (parts.length === 0) lines.push(`${indent}${before}${open}${close}${after}`);
      else {
        lines.push(`${indent}${before}${open}`);
        parts.forEach((part, n) => {
          write(part.value, part.before, inner, `${path}${part.path}`, n === parts.length - 1 ? '' : ',');
        });
        lines.push(`${indent}${close}${after}`);
      }
    }
    if (wanted !== '' && path === wanted) marked = [first, lines.length - 1];
  };
  write(root, '', '', '', '');
  return { lines, ...(marked ? { marked } : {}) };
};

/** A JSON text without the space between its parts; any other text without its line breaks. */
export const compactJson = (text: string): string => {
  const root = readable(text);
  return root === undefined ? text.replaceAll(/[\r\n]+/g, ' ').trim() : plain(root);
};

/**
 * A JSON object with members left out and others added at its end, the rest as it is written.
 * @returns `undefined` if the text is no JSON object
 */
export const withMembers = (
  text: string,
  without: readonly string[],
  added: Readonly<Record<string, string>>,
): string | undefined => {
  const root = readable(text);
  if (root?.kind !== 'object') return undefined;
  const kept = root.members.filter(({ name }) => !without.includes(name));
  const members = [
    ...kept.map(({ key, value }) => `${key}:${plain(value)}`),
    ...Object.entries(added).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`),
  ];
  return `{${members.join(',')}}`;
};

/** Whether a JSON object has a member of this name. */
export const hasMember = (text: string, name: string): boolean => {
  const root = readable(text);
  return root?.kind === 'object' && root.members.some((member) => member.name === name);
};

/** What differs at a place, as JSON texts; what is absent was not there. */
export type JsonChange = { readonly path: string; readonly before?: string; readonly after?: string };

const leaves = (node: Node, path = ''): [string, string][] => {
  const inner =
    node.kind === 'scalar'
      ? []
      : node.kind === 'object'
        ? node.members.map(({ name, value }) => [step(name), value] as const)
        : node.items.map((value, n) => [step(n), value] as const);
  return inner.length === 0
    ? [
        [
          path,
          node.kind === 'scalar' && node.text.startsWith('"') ? JSON.stringify(JSON.parse(node.text)) : plain(node),
        ],
      ]
    : inner.flatMap(([name, value]) => leaves(value, `${path}${name}`));
};

/** More changes than this are not told one by one, nor longer texts whole. */
const MOST_CHANGES = 100;
const MOST_SHOWN = 300;

const shown = (text: string): string => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN - 1)}…` : text);

/** What differs between two lines, place by place; for what is no JSON, as a whole. */
export const jsonChanges = (before: string, after: string): JsonChange[] => {
  const [old, edited] = [readable(before), readable(after)];
  if (old === undefined || edited === undefined) {
    return before === after ? [] : [{ path: '', before: shown(before), after: shown(after) }];
  }
  const [was, is] = [new Map(leaves(old)), new Map(leaves(edited))];
  const changes = [...new Set([...was.keys(), ...is.keys()])].flatMap((path): JsonChange[] => {
    const [from, to] = [was.get(path), is.get(path)];
    if (from === to) return [];
    return [
      {
        path,
        ...(from === undefined ? {} : { before: shown(from) }),
        ...(to === undefined ? {} : { after: shown(to) }),
      },
    ];
  });
  return changes.slice(0, MOST_CHANGES);
};
