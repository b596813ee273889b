import type { Publication, PublicationChange, PublicationWarning } from './types.ts';

/** Price books and publications as people look at them: at a console, at a command line. Instants UTC, amounts as text. */

/**
 * Where a version of a price book is in its life. `draft`: kept by its author; `submitted`: waits for a second person;
 * `overtaken`: never published, another version took its number; `published`: holds, or will from `effectiveFrom` on;
 * `superseded`: another version holds instead.
 */
export type BookState = 'draft' | 'submitted' | 'overtaken' | 'published' | 'superseded';

/** One version of a price book, without its prices. */
export type BookVersion = {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly version: number;
  readonly hash: string;
  readonly state: BookState;
  /** Whether it holds at the time of asking. */
  readonly inForce: boolean;
  readonly effectiveFrom: string;
  /** Where another version takes over; absent while none does. Never after `effectiveFrom`: it was superseded at once. */
  readonly effectiveUntil?: string;
  readonly prices: number;
  readonly proposedBy: string;
  readonly publishedBy?: string;
  readonly publishedAt?: string;
  /** The publication that it waits in; absent once it is published. */
  readonly publicationId?: string;
  readonly warnings: number;
};

/** One thing that a price says, for people. `part` is empty for a step's own sentence, else e.g. `tier 2`. */
export type PricePart = { readonly step: string; readonly part: string; readonly text: string };

/** A price, for people. */
export type PriceView = {
  readonly id: string;
  readonly product: string;
  readonly description: string;
  readonly meter?: string;
  readonly parts: readonly PricePart[];
};

/** A version of a price book with its prices, for people. */
export type BookView = { readonly version: BookVersion; readonly prices: readonly PriceView[] };

/** One difference between two versions of a book: what a part of a price said before and says after. */
export type BookChange = {
  readonly change: 'added' | 'removed' | 'changed';
  /** Id of the price; empty for the book itself. */
  readonly price: string;
  readonly description: string;
  readonly step: string;
  readonly part: string;
  readonly before?: string;
  readonly after?: string;
  /** The same as a sentence. */
  readonly sentence: string;
};

/** What differs between two versions of one book, in the order of the prices. */
export type BookDiff = {
  readonly id: string;
  readonly from: BookVersion;
  readonly to: BookVersion;
  readonly changes: readonly BookChange[];
};

/** A publication without the bodies of its entries. */
export type PublicationSummary = Omit<Publication, 'changes' | 'warnings' | 'format'> & {
  readonly changes: readonly Omit<PublicationChange, 'body'>[];
  readonly warnings: readonly PublicationWarning[];
  /** Another publication took a version that this one would have made: it can never be published. */
  readonly overtaken: boolean;
};
