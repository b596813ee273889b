import type { DocumentKind, Manifest } from '../../../../lambdas/close/types.ts';
import { absolute, add, compare } from '../../format/decimal.ts';

/** What an approver sees of a manifest before deciding: all of it follows from the documents it lists. */

export const KIND_NAMES: Readonly<Record<DocumentKind, string>> = {
  invoice: 'Invoice',
  'debit-memo': 'Debit memo',
  'credit-memo': 'Credit memo',
};

export type CurrencySummary = {
  readonly currency: string;
  readonly documents: number;
  readonly invoices: number;
  readonly memos: number;
  readonly net: string;
  /** Sum of the amounts without their signs: how much money moves. */
  readonly gross: string;
};

/** One row per currency, in order. */
export const summariesOf = ({ documents }: Pick<Manifest, 'documents'>): CurrencySummary[] =>
  [...new Set(documents.map(({ currency }) => currency))].sort().map((currency) => {
    const own = documents.filter((document) => document.currency === currency);
    return {
      currency,
      documents: own.length,
      invoices: own.filter(({ kind }) => kind === 'invoice').length,
      memos: own.filter(({ kind }) => kind !== 'invoice').length,
      net: own.reduce((sum, { total }) => add(sum, total), '0'),
      gross: own.reduce((sum, { total }) => add(sum, absolute(total)), '0'),
    };
  });

/** How many different accounts the manifest bills. */
export const accountsOf = ({ documents }: Pick<Manifest, 'documents'>): number =>
  new Set(documents.map(({ account }) => account)).size;

/** The largest document of a currency by amount. */
export const largestOf = (
  { documents }: Pick<Manifest, 'documents'>,
  currency: string,
): Manifest['documents'][number] | undefined =>
  documents
    .filter((document) => document.currency === currency)
    .reduce<Manifest['documents'][number] | undefined>(
      (largest, document) =>
        largest === undefined || compare(absolute(document.total), absolute(largest.total)) > 0 ? document : largest,
      undefined,
    );
