import type { QuarantineEntry } from '../types.ts';
import { compactJson, hasMember, withMembers } from './json-text.ts';

/** A line as it is put on the stream, in the partition of its subject. */
export type StreamLine = { readonly partitionKey: string; readonly line: string };

/**
 * A line as it goes to the stream again: the same text, with the entry that it comes from and, where the producer did not
 * say when it recorded the event, the first arrival, so that waiting in quarantine does not make it late. The same for
 * every try, so that the ledger knows a repeat.
 * @returns `undefined` for what is no JSON object and so can carry neither
 */
export const releaseLine = ({ id, receivedAt }: QuarantineEntry, text: string): string | undefined =>
  withMembers(text, ['releasedfrom'], {
    releasedfrom: id,
    ...(hasMember(text, 'recordedtime') ? {} : { recordedtime: receivedAt }),
  });

/** An edited line as it is kept: on one line, `undefined` if nothing but space was changed. */
export const editedText = (original: string, body: string | undefined): string | undefined => {
  if (body === undefined) return undefined;
  const edited = compactJson(body);
  return edited === compactJson(original) ? undefined : edited;
};
