import type { Archive } from '../archive/archive.ts';
import { MAX_LINE_BYTES } from '../events/envelope.ts';
import type { QuarantineEntry } from '../types.ts';
import { type JsonChange, jsonChanges } from './json-text.ts';
import type { JudgeLine, Judgement } from './judge-release.ts';
import { editedText, releaseLine, type StreamLine } from './release-line.ts';

/** What composing needs. `archive`: where a line lies whole that is too large for the table. */
export type DraftPorts = { readonly archive: Pick<Archive, 'line'>; readonly judge: JudgeLine };

/** The line of an entry, whole: from the archive where the table holds only its beginning. */
export const wholeLine = async (
  { archive }: Pick<DraftPorts, 'archive'>,
  { bodyCut, body, pointer }: QuarantineEntry,
): Promise<string> => (bodyCut === true ? (await archive.line(pointer)).line : body);

/** A line as it would be released: what would be put, and what was changed. */
export type Composed = {
  /** Absent for what can never be put: it is no JSON object, or too large. */
  readonly put?: StreamLine;
  readonly text: string;
  readonly edited?: string;
  readonly changes: readonly JsonChange[];
};

const subjectOf = (line: string): string | undefined => {
  const { subject } = JSON.parse(line) as { readonly subject?: unknown };
  // What Kinesis takes as a partition key; a line with another subject is refused anyway.
  return typeof subject === 'string' && subject !== '' && subject.length <= 128 ? subject.toWellFormed() : undefined;
};

/** What a person changed. Where the line came from is not theirs to say: a release sets it anew. */
export const changesOf = (original: string, edited: string): JsonChange[] =>
  jsonChanges(original, edited).filter(({ path }) => path !== '/releasedfrom');

/** `undefined` for a line that is not text, and nobody said what it should be. The same at every try. */
export const composed = async (
  ports: Pick<DraftPorts, 'archive'>,
  entry: QuarantineEntry,
  body: string | undefined,
): Promise<Composed | undefined> => {
  const isText = entry.bodyEncoding === 'utf8';
  if (!isText && body === undefined) return undefined;
  const original = isText ? await wholeLine(ports, entry) : '';
  const edited = editedText(original, body);
  const text = edited ?? original;
  const line = releaseLine(entry, text);
  const canGo = line !== undefined && Buffer.byteLength(line) <= MAX_LINE_BYTES;
  return {
    ...(canGo ? { put: { partitionKey: subjectOf(line) ?? entry.id, line } } : {}),
    text: line ?? text,
    ...(edited === undefined ? {} : { edited }),
    changes: edited === undefined ? [] : changesOf(original, edited),
  };
};

/** A line that could be released, and what would become of it. */
export type Draft = Omit<Composed, 'text'> & { readonly judgement: Judgement };

const NEEDS_BODY: Judgement = {
  verdict: 'refused',
  code: 'NEEDS_BODY',
  path: '',
  message: 'The line is not text, so it cannot go as it is: give it a body, or write it off.',
};

/** The line that a release of an entry would put, and what would become of it. `body`: the line as a person edited it. */
export const draftOf = async (ports: DraftPorts, entry: QuarantineEntry, body?: string): Promise<Draft> => {
  const parts = await composed(ports, entry, body);
  if (parts === undefined) return { judgement: NEEDS_BODY, changes: [] };
  const { text, ...draft } = parts;
  return { ...draft, judgement: await ports.judge(text) };
};
