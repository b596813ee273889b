import type { ApiClient } from '../api-client.ts';
import { archiveNotes } from '../archive-notes.ts';
import { exactSum } from '../exact-sum.ts';
import { grouped, say, table } from '../print.ts';

type Part = {
  readonly name: string;
  readonly quantity?: string;
  readonly adds?: string;
  readonly at?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly about?: Readonly<Record<string, string | number | boolean>>;
};
type Explained = {
  readonly level: 'dimensions' | 'days' | 'slots' | 'appends' | 'lines';
  readonly unit: string;
  readonly how: string;
  readonly quantity?: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly parts: readonly Part[];
  readonly next?: string;
};

/** Which number, and where in it. */
export type NumberOptions = {
  /** `name=value`, as often as there are dimensions. */
  readonly dimension?: readonly string[];
  readonly at?: string;
  /** Go on by the first part of each level, down to the events. */
  readonly down?: boolean;
};

const dimensionsOf = (given: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    given.map((each) => {
      const at = each.indexOf('=');
      if (at < 1) throw new Error(`a dimension is <name>=<value>, e.g. endpoint=read, not ${each}`);
      return [each.slice(0, at), each.slice(at + 1)];
    }),
  );

const shown = (quantity: string | undefined): string | undefined =>
  quantity === undefined ? undefined : /^-?[\d.]+$/.test(quantity) ? grouped(quantity) : quantity;
const minutes = (instant: unknown): string =>
  String(instant ?? '')
    .slice(0, 19)
    .replace('T', ' ');

/** The columns of each level, beside what is the same for all. */
const columnsOf = (
  level: Explained['level'],
  notes: ReturnType<typeof archiveNotes>,
): [string, (part: Part) => string | number | undefined][] => {
  const quantity: [string, (part: Part) => string | undefined] = ['quantity', (part) => shown(part.quantity)];
  if (level === 'dimensions') return [['dimensions', ({ name }) => name], quantity];
  if (level === 'days') return [['day', ({ name }) => name], quantity];
  if (level === 'slots') return [['slot (UTC)', ({ name }) => name], quantity];
  const adds: [string, (part: Part) => string | undefined] = ['adds', (part) => shown(part.adds)];
  if (level === 'appends') {
    return [
      ['append', ({ name }) => name],
      ['appended', ({ about }) => minutes(about?.appendedAt)],
      ['lines', ({ about }) => about?.lines as number],
      ['cancels', ({ about }) => about?.cancels as number],
      adds,
      ['number then', (part) => shown(part.quantity)],
      ['go on with --at', ({ at }) => at],
    ];
  }
  return [
    ['event', ({ name }) => name],
    ['time', ({ about }) => minutes(about?.time)],
    ['is', ({ about }) => about?.role as string],
    ['measures', (part) => shown(part.quantity)],
    adds,
    ['archive line', ({ about }) => notes.at({ key: String(about?.archive), line: Number(about?.line) })],
  ];
};

/** Parts of one quantity that follow each other, as one: a value that goes on says the same for hours. */
const runsOf = (parts: readonly Part[]): Part[] => {
  const runs: { first: Part; last: Part }[] = [];
  for (const part of parts) {
    const run = runs.at(-1);
    if (run !== undefined && part.adds === undefined && part.quantity === run.first.quantity) run.last = part;
    else runs.push({ first: part, last: part });
  }
  return runs.map(({ first, last }) => (first === last ? first : { ...first, name: `${first.name} to ${last.name}` }));
};

/** Whether the parts make the number; `undefined` where they do not add up by themselves. */
const checked = ({ quantity, parts }: Explained): string | undefined => {
  if (quantity === undefined || parts.length === 0 || parts.some(({ adds }) => adds === undefined)) return undefined;
  const sum = exactSum(parts.map(({ adds = '0' }) => adds));
  return sum === quantity ? `${grouped(sum)} in all` : `${grouped(sum)} in all, NOT ${grouped(quantity)}`;
};

const tellLevel = (explained: Explained): void => {
  const { level, quantity, unit, how, dimensions, parts } = explained;
  const about = Object.entries(dimensions).map(([name, value]) => `${name}=${value}`);
  const number =
    quantity === undefined ? '' : `${shown(quantity)} ${unit}${about.length > 0 ? `, ${about.join(' ')}` : ''}. `;
  say(`${number}${how}\n`);
  const rows = level === 'days' || level === 'slots' ? runsOf(parts) : parts;
  const notes = archiveNotes();
  const columns = columnsOf(level, notes).filter(([, cell]) => rows.some((part) => cell(part) !== undefined));
  if (parts.length === 0) {
    say('There is nothing.');
    return;
  }
  say(
    table(
      columns.map(([name]) => name),
      rows.map((part) => columns.map(([, cell]) => cell(part))),
    ),
  );
  const below = notes.below();
  const sum = checked(explained);
  if (sum !== undefined) say(sum);
  if (below !== '') say(`\nArchive lines are object and line:\n${below}`);
  if (sum?.includes('NOT')) process.exitCode = 1;
};

const allParts = async (api: ApiClient, query: Readonly<Record<string, string | undefined>>): Promise<Explained> => {
  let explained: Explained = await api.get('/ledger/explanations', query);
  for (let after = explained.next; after !== undefined; ) {
    const page: Explained = await api.get('/ledger/explanations', { ...query, after });
    explained = { ...explained, parts: [...explained.parts, ...page.parts] };
    after = page.next;
  }
  return explained;
};

/** The first event that was measured, as it was sent. */
const firstSent = ({ parts }: Explained): string => {
  const first = parts.find(({ quantity }) => quantity !== undefined) ?? parts[0];
  return first === undefined ? '' : `\n${first.name}, as it was sent:\n${first.about?.event ?? ''}`;
};

/** Tells what a number is made of; with `down` level by level, by the first part of each, to an event as it was sent. */
export const explainNumber = async (
  api: ApiClient,
  account: string,
  meter: string,
  dates: { readonly start: string; readonly end: string },
  options: NumberOptions,
): Promise<void> => {
  let dimensions = dimensionsOf(options.dimension ?? []);
  let at = options.at;
  say(`${meter} of ${account} from ${dates.start} to before ${dates.end}${at === undefined ? '' : `, ${at}`}:`);
  for (;;) {
    const query = { account, meter, ...dates, dimensions: JSON.stringify(dimensions), at };
    const explained = await allParts(api, query);
    tellLevel(explained);
    const [first] = explained.parts;
    if (explained.level === 'lines') return say(firstSent(explained));
    if (first === undefined) return;
    if (options.down !== true) {
      const values = Object.entries({ ...explained.dimensions, ...first.dimensions }).map(
        ([name, value]) => `${name}=${value}`,
      );
      const place = first.at ?? at;
      const next = [
        ...(values.length === 0 ? [] : [`--dimension ${values.join(' ')}`]),
        ...(place === undefined ? [] : [`--at ${place}`]),
      ];
      return say(`\nGo on with ${next.join(' ')}, or with --down.`);
    }
    dimensions = { ...dimensions, ...first.dimensions };
    at = first.at ?? at;
    say(`\n▸ ${first.name}:`);
  }
};
