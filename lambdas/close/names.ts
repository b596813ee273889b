import { contentHash } from '../platform/hash.ts';
import { startOfDay } from '../platform/period.ts';
import type { DocumentKind, ExceptionKind } from './types.ts';

/**
 * Every id of a close is derived, never drawn: a second try of anything meets what the first one wrote. Ids of closes
 * and exceptions can be read back into the dates they belong to, so a reader by id needs no index.
 */

/** The dates a close is about, half open, local to each contract's zone. */
export type CloseDates = { readonly start: string; readonly end: string };

/** The zone whose days end last. */
const LAST_ZONE = 'Etc/GMT+12';
/** The instant at which the dates are over everywhere: what holds anywhere within them is known then. */
export const endOfDates = ({ end }: CloseDates): string => startOfDay(end, LAST_ZONE);

const compact = (date: string): string => date.replaceAll('-', '');
const dashed = (date: string): string => `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`;

/** `close-20261001-20261101-1`: the dates and the run. */
export const closeIdOf = (dates: CloseDates, run: number): string =>
  `close-${compact(dates.start)}-${compact(dates.end)}-${run}`;

/** The dates and run that a close id names; `undefined` for text that is no close id. */
export const parseCloseId = (closeId: string): (CloseDates & { readonly run: number }) | undefined => {
  const match = /^close-(\d{8})-(\d{8})-([1-9]\d{0,5})$/.exec(closeId);
  if (match === null) return undefined;
  const [, start = '', end = '', run = ''] = match;
  return { start: dashed(start), end: dashed(end), run: Number(run) };
};

/** A text that sorts like (start, end, run) of a close id: run 10 after run 9. */
export const sortableCloseId = (closeId: string): string => {
  const parsed = parseCloseId(closeId);
  return parsed ? `${parsed.start}#${parsed.end}#${parsed.run.toString().padStart(6, '0')}` : closeId;
};

/** `close-20261001-20261101-1_larkspur-inc`: what one approval decides. Also the name of its execution. */
export const manifestIdOf = (closeId: string, entity: string): string => `${closeId}_${entity}`;

/** The close that a manifest belongs to. */
export const closeIdOfManifest = (manifestId: string): string => manifestId.split('_')[0] ?? manifestId;

/**
 * `ex-20261001-20261101-<kind>-<hash>`. `about` is what makes it this exception and no other (e.g. the id that came
 * twice), never figures that change from close to close: the next close must find the decision again.
 */
export const exceptionIdOf = (dates: CloseDates, kind: ExceptionKind, about: unknown): string =>
  `ex-${compact(dates.start)}-${compact(dates.end)}-${kind}-${contentHash([kind, about]).slice(0, 16)}`;

/** The dates that an exception id names; `undefined` for text that is no exception id. */
export const parseExceptionId = (exceptionId: string): CloseDates | undefined => {
  const match = /^ex-(\d{8})-(\d{8})-[a-z-]+-[0-9a-f]{16}$/.exec(exceptionId);
  if (match === null) return undefined;
  const [, start = '', end = ''] = match;
  return { start: dashed(start), end: dashed(end) };
};

/**
 * The correlation id of a document: in the delivery's messages, log lines and journal, and in the header
 * `x-correlation-id` of every call to the ERP about it.
 */
export const documentCorrelationId = (closeId: string, documentId: string): string => `${closeId}/${documentId}`;

/**
 * `mb-acct-03-20261001-invoice-1USD-0`: payer, period, kind, part (subsidiary and currency: one document per payer,
 * entity and currency) and generation. The ERP's external id: letters, digits, `-` and `_` only.
 */
export const documentIdOf = (document: {
  readonly payer: string;
  readonly start: string;
  readonly kind: DocumentKind;
  readonly part: string;
  readonly generation: number;
}): string =>
  `mb-${document.payer}-${compact(document.start)}-${document.kind}-${document.part}-${document.generation}`.replaceAll(
    /[^A-Za-z0-9_-]/g,
    '-',
  );

const PAYMENT = /^(.+)-pay-[0-9a-f]{10}$/;

/** `<documentId>-pay-<hash>`: a wallet of a contract pays for a document. Also the ERP's external id. */
export const paymentIdOf = (
  documentId: string,
  { contract, credit }: { readonly contract: string; readonly credit: string },
): string => `${documentId}-pay-${contentHash([contract, credit]).slice(0, 10)}`;

/** The document that an id of a document or of a payment is about. */
export const documentIdIn = (id: string): string => PAYMENT.exec(id)?.[1] ?? id;
