import type { QuarantineCode } from '../types.ts';

/** Why a line is refused: code, JSON pointer of the place, and a sentence that says what is wrong and how to mend it. */
export type Rejection = {
  readonly code: QuarantineCode;
  readonly path: string;
  readonly message: string;
  readonly subject?: string;
  readonly eventId?: string;
};

/** A rejection that does not name the event yet. */
export const reject = (code: QuarantineCode, path: string, message: string): Rejection => ({ code, path, message });

/** An id and a subject have at most so many characters. */
export const MAX_ID = 256;
export const MAX_SUBJECT = 128;

/** Adds what is known of the event to its rejection, so that a person finds it by subject or id. */
export const named = (
  rejection: Rejection,
  { subject, id }: { readonly subject?: unknown; readonly id?: unknown },
): Rejection => ({
  ...rejection,
  ...(typeof subject === 'string' ? { subject: subject.slice(0, MAX_SUBJECT) } : {}),
  ...(typeof id === 'string' ? { eventId: id.slice(0, MAX_ID) } : {}),
});

/** The rejection of a line that is not even text. */
export const rejectEncoding = (broken: string): Rejection =>
  reject('BAD_ENCODING', '', `The line cannot be read: ${broken}. Send UTF-8 JSON, packed with gzip or plain.`);

/**
 * The rejection of a line at which judging itself failed. Only such a line waits then; the stream goes on. The error's
 * own message may quote the line, so only its name is told.
 */
export const rejectUnforeseen = (error: unknown): Rejection =>
  reject(
    'UNFORESEEN',
    '',
    `Meterbridge could not judge the line (${error instanceof Error ? error.name : 'no error'}): tell its operators, and send nothing again.`,
  );
