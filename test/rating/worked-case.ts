import type { Contract, Price } from '../../lambdas/catalog/types.ts';
import type { RatableUsage, RatingPolicy } from '../../lambdas/rating/types.ts';

/**
 * A worked case in the project's own words: the bills that are rated, and the figures that must come out of them. Data
 * only: every amount is computed by the rating library. Decimals are strings; dates `YYYY-MM-DD`.
 */

/** An item with its price, in one. */
export type CaseItem = Pick<Price, 'steps' | 'meter' | 'windowed' | 'accumulate'> & {
  readonly id: string;
  readonly perDimensions?: readonly string[];
  /** How many of a fee. */
  readonly quantity?: string;
};

/** A row of usage. */
export type CaseUsage = Pick<
  RatableUsage,
  'meter' | 'quantity' | 'changes' | 'windows' | 'transactions' | 'fullQuantity' | 'slices'
> & {
  readonly dimensions?: Readonly<Record<string, string>>;
};

/** One rating. What is absent is as usual: a month, covered whole by its contract, under the case's profile. */
export type Bill = {
  readonly items: readonly CaseItem[];
  readonly usage: readonly CaseUsage[];
  readonly period: { readonly start: string; readonly end: string; readonly zone: string };
  readonly contract?: Partial<
    Pick<
      Contract,
      'start' | 'end' | 'anchorDay' | 'cadence' | 'groups' | 'discounts' | 'credits' | 'minimumCommitment' | 'maximum'
    >
  >;
  readonly interim?: true;
  /** The bill before, whose closing is the opening of this one. */
  readonly after?: string;
  /** Options that the case itself names, in place of its profile's. */
  readonly policy?: Partial<RatingPolicy>;
};

/** Something that a figure adds up (`-`: takes off). Of a bill: all its lines, those of one item, its payments, or the quantity measured. */
export type Part = { readonly sign: '+' | '-' } & (
  | { readonly bill: string; readonly item?: string; readonly of?: 'payments' | 'quantity' }
  | { readonly amount: string }
);

/** A document that is estimated from bills. */
export type CaseDocument = {
  readonly kind: 'invoice' | 'credit-note';
  /** Each is one line of the document; a bill stands for its lines, credits known as such. */
  readonly lines: readonly (readonly Part[] | { readonly bill: string })[];
  readonly tax?: { readonly percent: string } | { readonly amount: string };
  readonly creditNotes?: readonly string[];
  /** Each line is a document of its own; the figure is their sum. */
  readonly apart?: true;
};

/** What a figure is computed from. */
export type FigureSource =
  | { readonly sum: readonly Part[] }
  | { readonly document: CaseDocument; readonly part: 'net' | 'taxable' | 'tax' | 'total' }
  | { readonly change: { readonly charges: readonly Part[]; readonly credits: readonly Part[] } };

/** A published figure. `quantity`: no money, compared with the decimals that it was published with. */
export type Figure = FigureSource & {
  readonly name: string;
  readonly expected: string;
  readonly quantity?: true;
};

export type WorkedCase = {
  readonly id: string;
  /** Repository and file, or page, that published the figures. */
  readonly source: string;
  readonly system: string;
  readonly title: string;
  /** The policy of that system. */
  readonly profile: string;
  readonly currency: string;
  readonly bills: Readonly<Record<string, Bill>>;
  readonly figures: readonly Figure[];
  /** What a person should know: a published figure that is wrong, an option that the case names. */
  readonly remarks?: readonly string[];
};
