import { writeFileSync } from 'node:fs';
import type { QuarantineCount, QuarantineEntry, QuarantineSummary } from '../../lambdas/usage/types.ts';
import type { ApiClient } from '../api-client.ts';
import { nowMillis } from '../clock.ts';
import { age, grouped, say, table } from '../print.ts';

/** What to look for; what is absent says nothing. */
export type QuarantineOptions = {
  readonly code?: string;
  readonly state?: string;
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly type?: string;
  readonly source?: string;
  readonly schema?: string;
  readonly text?: string;
  readonly job?: string;
};

/** What differs at a place of a line, as JSON texts; what is absent was not there. */
export type Change = { readonly path: string; readonly before?: string; readonly after?: string };
type ShownJson = { readonly lines: readonly string[]; readonly marked?: readonly [number, number] };
type Shown = {
  readonly entry: QuarantineEntry;
  readonly shown?: ShownJson;
  readonly changes?: readonly Change[];
  readonly refusedAgain: readonly QuarantineSummary[];
};
/** The options as the API takes them. */
export const queryOf = ({ schema, ...options }: QuarantineOptions): Record<string, string | undefined> => ({
  ...options,
  dataschema: schema,
});

/** The address of an entry. */
export const pathOf = (id: string): string => `/quarantine/${encodeURIComponent(id)}`;
const minutes = (instant: string): string => instant.slice(0, 16).replace('T', ' ');
const since = (instant: string): string => age((nowMillis() - Date.parse(instant)) / 1_000);

/** How many lines are in quarantine, by reason and state, and how old the oldest is that waits. */
export const countQuarantine = async (api: ApiClient): Promise<void> => {
  const { items } = await api.get<{ items: QuarantineCount[] }>('/quarantine/counts');
  if (items.length === 0) return say('The quarantine is empty.');
  const of = (code: string, state: string): QuarantineCount | undefined =>
    items.find((each) => each.code === code && each.state === state);
  const figure = (count: QuarantineCount | undefined): string =>
    count === undefined ? '' : `${grouped(count.count)}${count.more ? '+' : ''}`;
  const codes = [...new Set(items.map(({ code }) => code))].sort();
  say(
    table(
      ['code', 'waiting', 'releasing', 'released', 'written off', 'oldest that waits'],
      codes.map((code) => [
        code,
        ...['waiting', 'releasing', 'released', 'written-off'].map((state) => figure(of(code, state))),
        [of(code, 'waiting'), of(code, 'releasing')]
          .flatMap((count) => count?.oldest ?? [])
          .sort()
          .slice(0, 1)
          .map(since)
          .join(''),
      ]),
    ),
  );
};

/** Rejected lines and why, by reason, those first that came first; at most `limit`. */
export const listQuarantine = async (api: ApiClient, options: QuarantineOptions, limit: number): Promise<void> => {
  const entries: QuarantineSummary[] = [];
  let after: string | undefined;
  do {
    const page: { items: QuarantineSummary[]; next?: string } = await api.get('/quarantine', {
      ...queryOf(options),
      after,
    });
    entries.push(...page.items);
    after = page.next;
  } while (after !== undefined && entries.length < limit);
  const isAny = Object.values(options).every((asked) => asked === undefined);
  if (entries.length === 0) return say(isAny ? 'The quarantine is empty.' : 'Nothing in quarantine is like that.');
  say(
    table(
      ['entry', 'code', 'state', 'arrived', 'subject', 'at', 'why'],
      entries.slice(0, limit).map((e) => [e.id, e.code, e.state, minutes(e.receivedAt), e.subject, e.path, e.message]),
    ),
  );
  if (after !== undefined || entries.length > limit) say(`\nThere are more: say more exactly which, or raise --limit.`);
};

/** What was changed, as a table: the two texts below each other, for they may be long. */
export const changesTable = (changes: readonly Change[]): string =>
  table(
    ['place', '', 'text'],
    changes.flatMap(({ path, before, after }) => [
      [path || 'the whole line', 'before', before ?? '(not there)'],
      ['', 'after', after ?? '(left out)'],
    ]),
  );

const bodyText = (entry: QuarantineEntry, shown: ShownJson | undefined): string => {
  if (entry.bodyEncoding === 'base64') return `(not UTF-8; base64) ${entry.body}`;
  if (shown === undefined) return entry.bodyCut ? `${entry.body}… (its beginning)` : entry.body;
  const [first, last] = shown.marked ?? [-1, -1];
  return shown.lines.map((line, n) => `${n >= first && n <= last ? '▶' : ' '} ${line}`).join('\n');
};

/** Writes the line into a file, as it is shown, so that it can be edited and released with `--body`. */
const saveBody = ({ entry, shown }: Shown, file: string): void => {
  if (entry.bodyEncoding === 'base64') throw new Error('the line is not UTF-8: there is no text to save');
  if (entry.bodyCut) throw new Error('the line is too large to be edited here: it lies whole in the archive');
  writeFileSync(file, shown === undefined ? entry.body : `${shown.lines.join('\n')}\n`);
  say(`\nThe line is in ${file}. Edit it there, then: quarantine judge ${entry.id} --body ${file}`);
};

/** One rejected line, whole: what was wrong and where, and what became of it. With `save` it is written into that file. */
export const showQuarantine = async (api: ApiClient, id: string, save?: string): Promise<void> => {
  const found = await api.get<Shown>(pathOf(id));
  const { entry, shown, changes = [], refusedAgain } = found;
  const { position, release, writeOff, releasedFrom } = entry;
  say(`${entry.code} at ${entry.path === '' ? 'the whole line' : entry.path}: ${entry.message}\n`);
  const rows: [string, string | undefined][] = [
    ['state', entry.state],
    ['arrived', `${entry.receivedAt}, ${since(entry.receivedAt)} ago`],
    ['position', `${position.stream} ${position.shard} ${position.sequence} line ${position.index}`],
    ['archive line', `${entry.pointer.key}:${entry.pointer.line}`],
    ['counted first', entry.accepted && `${entry.accepted.key}:${entry.accepted.line}`],
    ['subject', entry.subject],
    ['event', entry.eventId && `${entry.eventId} of ${entry.source ?? 'an unknown source'}`],
    ['type', entry.type],
    ['schema', entry.dataschema],
    ['released from', releasedFrom],
    ['released', release && `by ${release.by} at ${release.at}: ${release.note}`],
    ['written off', writeOff && `by ${writeOff.by} at ${writeOff.at}: ${writeOff.reason}`],
    ['by job', release?.job ?? writeOff?.job],
    [
      'refused again',
      refusedAgain.map((again) => `${again.id} (${again.code}, ${again.state})`).join(', ') || undefined,
    ],
  ];
  const known = rows.filter((row): row is [string, string] => row[1] !== undefined);
  say(known.map(([name, value]) => `${name.padEnd(14)} ${value}`).join('\n'));
  say(`\n${bodyText(entry, shown)}`);
  if (changes.length > 0) say(`\nReleased with these changes:\n${changesTable(changes)}`);
  if (save !== undefined) saveBody(found, save);
};
