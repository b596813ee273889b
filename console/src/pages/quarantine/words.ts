import type { QuarantineCode, QuarantineState } from '../../../../lambdas/usage/types.ts';
import type { Judgement, QuarantineFilter } from '../../api/quarantine.ts';
import type { Query } from '../../parts/filters.ts';

/** How the quarantine speaks. */

export const STATE_NAMES: Readonly<Record<QuarantineState, string>> = {
  waiting: 'waiting',
  releasing: 'being released',
  released: 'released',
  'written-off': 'written off',
};

/** The states, as one chooses among them. */
export const STATES: readonly QuarantineState[] = ['waiting', 'releasing', 'released', 'written-off'];

/** What each reason means, in a few words. */
export const CODE_NAMES: Readonly<Record<QuarantineCode, string>> = {
  TOO_LARGE: 'too large, or nested too deep',
  BAD_ENCODING: 'not text that can be read',
  NOT_JSON: 'not JSON',
  NOT_CLOUDEVENT: 'not a CloudEvent',
  UNKNOWN_TYPE: 'a type without a schema',
  UNKNOWN_VERSION: 'a version without a schema',
  SCHEMA: 'data that does not fit its schema',
  NUMBER_PRECISION: 'a number with too many digits',
  BAD_TIME: 'a time that is none',
  IN_FUTURE: 'a time in the future',
  TOO_OLD: 'a time too long ago',
  UNKNOWN_BACKFILL: 'a backfill that nobody opened',
  BACKFILL_NOT_OPEN: 'a backfill that takes nothing more',
  CONFLICT: 'an id that is counted with another body',
  UNFORESEEN: 'Meterbridge itself failed at it',
};

/** Where a line is wrong. */
export const placeOf = (path: string): string => (path === '' ? 'the whole line' : path);

/** `https://…/com.larkspur.api.requests/2` → `2`. */
export const versionOf = (dataschema: string | undefined): string => dataschema?.split('/').at(-1) ?? '';

const COUNTED: Readonly<Record<Exclude<Judgement['verdict'], 'refused'>, string>> = {
  counted: 'It would be counted.',
  duplicate: 'The ledger has this very event already: it would be a duplicate, and count nothing more.',
  cancelled: 'Somebody has cancelled this event: it would be accepted, and count nothing.',
};

/** What would become of a line, in a sentence. */
export const verdictText = (judgement: Judgement): string => {
  if (judgement.verdict === 'refused') {
    return `It would be refused again: ${judgement.code} at ${placeOf(judgement.path)}. ${judgement.message}`;
  }
  const { verdict, unknown } = judgement;
  const drift = unknown.length === 0 ? '' : ` Its schema does not know ${unknown.join(', ')}; that is kept.`;
  return `${COUNTED[verdict]}${drift}`;
};

const EXACT = ['subject', 'type', 'source', 'dataschema'] as const;

/**
 * What of a search can be asked of the API, so that more than what was read is searched: properties that must be equal, and
 * a part of the sentence. Only of searches whose parts must all hold.
 */
export const askable = ({ operation, tokens }: Query): QuarantineFilter => {
  if (operation === 'or') return {};
  const exact = EXACT.flatMap((key) => {
    const token = tokens.find(({ propertyKey, operator }) => propertyKey === key && operator === '=');
    return token === undefined ? [] : [[key, String(token.value)] as const];
  });
  const text = tokens.find(({ propertyKey, operator }) => propertyKey === 'message' && operator === ':');
  return { ...Object.fromEntries(exact), ...(text === undefined ? {} : { text: String(text.value) }) };
};

/** A filter in words: `SCHEMA, subject org-01`. */
export const filterText = (filter: QuarantineFilter): string =>
  Object.entries(filter)
    .filter(([name]) => name !== 'state')
    .map(([name, value]) => (name === 'code' ? value : name === 'text' ? `“${value}”` : `${name} ${value}`))
    .join(', ');
