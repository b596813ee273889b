import type { Contract, PriceBook } from '../catalog/types.ts';

/**
 * A price preview: what accounts would have paid under another price book or contract. It reads what a close reads and
 * writes nothing but its own files. Amounts are decimal strings in the currency of the contract; dates are half open.
 */

/** What is changed. At least one of the two. */
export type PreviewChange = {
  /** A book in the place of the one that contracts name by `replaces`. `source` says where it is from, e.g. `list-usd version 3`. */
  readonly book?: { readonly replaces: string; readonly source: string; readonly body: PriceBook };
  /** A contract as if it had been agreed so all along. */
  readonly contract?: { readonly source: string; readonly body: Contract };
};

/** A preview that was asked for, as its job keeps it. */
export type PreviewParams = {
  /** Where the change lies in the data bucket, and its content hash. */
  readonly change: { readonly key: string; readonly hash: string };
  /** What is changed, in words. */
  readonly of: string;
  /** Whole calendar months before the running one. */
  readonly months: number;
  /** Only these accounts; absent: all. */
  readonly accounts?: readonly string[];
  /** An account whose bill would rise by more than this percent is at risk. */
  readonly riskPercent: number;
  /** A quantity within this percent of an edge is near it. */
  readonly nearPercent: number;
};

/** One billing period (or a part of one) of a contract, as it was and as it would be. */
export type PeriodPreview = {
  readonly contract: string;
  readonly start: string;
  readonly end: string;
  /** Not over yet: usage so far, without minimums and commitments; in no total. */
  readonly running?: true;
  readonly currency: string;
  /** By the versions that the period was billed with, or would be billed with now. */
  readonly before?: string;
  readonly after?: string;
  /** `after` less `before`. */
  readonly difference?: string;
  /** Why one of the two cannot be rated, in a sentence. */
  readonly problem?: string;
  /** What both were computed from: the hash of the usage. */
  readonly usageHash: string;
};

/** A quantity near an edge of the changed price beyond which all units cost another price. */
export type NearCliff = {
  readonly account: string;
  readonly contract: string;
  readonly item: string;
  readonly start: string;
  readonly currency: string;
  /** What was charged for, in the unit of the tiers. */
  readonly quantity: string;
  /** The last quantity before the edge and the next one, and what each costs by the changed price. */
  readonly edge: string;
  readonly atEdge: string;
  readonly beyond: string;
  /** `beyond` less `atEdge`: below 0, more usage costs less. */
  readonly jump: string;
};

/** All of one account. */
export type AccountPreview = {
  readonly format: 1;
  readonly account: string;
  readonly name: string;
  readonly periods: readonly PeriodPreview[];
  readonly cliffs: readonly NearCliff[];
};

/** The sums of an account, or of all, in one currency, over the periods that are over. */
export type PreviewSum = {
  readonly currency: string;
  readonly before: string;
  readonly after: string;
  readonly difference: string;
  /** The difference in percent of `before`, two decimals; absent where nothing was paid before. */
  readonly percent?: string;
};

/** An account whose bill changes, in one currency. */
export type AccountSum = PreviewSum & { readonly account: string; readonly name: string };

/** The report: the same inputs give the same bytes. */
export type PreviewReport = {
  readonly format: 1;
  readonly of: string;
  readonly changeHash: string;
  /** The dates that are over, and the running ones. */
  readonly dates: { readonly start: string; readonly end: string };
  readonly running: { readonly start: string; readonly end: string };
  readonly accounts: number;
  /** Per currency. */
  readonly totals: readonly PreviewSum[];
  /** Usage so far of the running month, as far as it is billed within it. */
  readonly runningTotals: readonly PreviewSum[];
  /** Accounts that pay less, those who win most first; all of them are in the accounts' own list. */
  readonly winners: readonly AccountSum[];
  /** Accounts that pay more, those who lose most first. */
  readonly losers: readonly AccountSum[];
  readonly counts: {
    readonly winners: number;
    readonly losers: number;
    readonly same: number;
    readonly problems: number;
    readonly cliffs: number;
  };
  /** What accounts paid whose bill would rise by more than `percent`, per currency. */
  readonly atRisk: {
    readonly percent: number;
    readonly accounts: number;
    readonly amounts: readonly { readonly currency: string; readonly amount: string }[];
  };
  readonly problems: readonly {
    readonly account: string;
    readonly contract: string;
    readonly start: string;
    readonly message: string;
  }[];
  readonly cliffs: readonly NearCliff[];
  /** The hash of the files of all accounts, in their order. */
  readonly accountsHash: string;
};

/** What the job of a preview ends with. */
export type PreviewResult = {
  readonly report: { readonly key: string; readonly hash: string };
  /** The list of the accounts' files. */
  readonly index: { readonly key: string; readonly hash: string };
  readonly accounts: number;
  readonly winners: number;
  readonly losers: number;
  readonly problems: number;
};
