import type { QuarantineEntry } from '../types.ts';

/** A longer line is not looked into: parsing it takes longer than what it says of itself is worth. */
const MAX_CHARACTERS = 1024 * 1024;

/** How much is kept of each attribute; longer ones are refused anyway. */
const ATTRIBUTES = [
  ['subject', 'subject', 128],
  ['eventId', 'id', 256],
  ['type', 'type', 256],
  ['source', 'source', 1024],
  ['dataschema', 'dataschema', 1024],
  ['time', 'time', 64],
] as const;

const ENTRY_ID = /^q-[0-9a-f]{24}$/;

const parsed = (text: string): Readonly<Record<string, unknown>> => {
  if (text.length > MAX_CHARACTERS) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // Not JSON, or nested too deep even for the parser.
    return {};
  }
};

/** What a refused line says of itself, as far as it can be read: by that people find it. */
export const aboutLine = (
  text: string,
): Pick<QuarantineEntry, 'subject' | 'eventId' | 'type' | 'source' | 'dataschema' | 'time' | 'releasedFrom'> => {
  const line = parsed(text);
  const told = ATTRIBUTES.flatMap(([name, attribute, limit]) => {
    const value = Object.hasOwn(line, attribute) ? line[attribute] : undefined;
    return typeof value === 'string' && value !== '' ? [[name, value.slice(0, limit).toWellFormed()] as const] : [];
  });
  const { releasedfrom } = line;
  const isRelease = typeof releasedfrom === 'string' && ENTRY_ID.test(releasedfrom);
  return { ...Object.fromEntries(told), ...(isRelease ? { releasedFrom: releasedfrom } : {}) };
};
