/**
 * What is data in Meterbridge: published by content hash, effective-dated, read `asOf`, never bundled.
 * Amounts, prices and quantities are decimal strings; instants ISO 8601 UTC; dates `YYYY-MM-DD` local to a zone.
 */

import type { Contract, FxRate } from './contract-types.ts';
import type { PriceBook } from './price-types.ts';

export type * from './book-types.ts';
export type * from './contract-types.ts';
export * from './price-types.ts';

/** The kinds of catalog entries. */
export type CatalogKind =
  | 'meter'
  | 'price-book'
  | 'contract'
  | 'account'
  | 'attribution'
  | 'entity'
  | 'mapping'
  | 'signal-rule'
  | 'limit'
  | 'fx-rate';

/** One published entry. `hash` is the content hash of `body`; the triple (kind, id, version) is never edited. */
export type CatalogEntry<B = unknown> = {
  readonly kind: CatalogKind;
  readonly id: string;
  readonly version: number;
  /** From when on the body holds (effective time). */
  readonly effectiveFrom: string;
  readonly hash: string;
  /** When it became known (knowledge time) and by whom it was proposed and published. */
  readonly publishedAt: string;
  readonly proposedBy: string;
  readonly publishedBy: string;
  readonly body: B;
};

/** How a meter sums up the events of a key. */
export type Aggregation = 'COUNT' | 'SUM' | 'MIN' | 'MAX' | 'AVG' | 'LATEST' | 'UNIQUE_COUNT' | 'TIME_WEIGHTED';

/** A named measure over events of one type. Paths are JSON pointers into `data`, e.g. `/gb`. */
export type Meter = {
  readonly id: string;
  readonly name: string;
  readonly eventType: string;
  readonly aggregation: Aggregation;
  /** Required by every aggregation but COUNT. */
  readonly valuePath?: string;
  readonly dimensions: readonly { readonly name: string; readonly path: string }[];
  readonly filters: readonly { readonly path: string; readonly oneOf: readonly string[] }[];
  /** Unit of the result, e.g. `call`, `GB`, `seat`. */
  readonly unit: string;
};

/** A customer. `erp` and `success` are this customer's ids in the vendors' systems. */
export type Account = {
  readonly id: string;
  readonly name: string;
  readonly salesRegion: 'us' | 'eu' | 'ap';
  readonly entity: string;
  readonly plan: string;
  /** Parent account, for reporting; who pays is the contract's `payer`. */
  readonly parent?: string;
  readonly erp?: { readonly customerId: string };
  readonly success?: { readonly companyId: string; readonly ownerEmail: string };
};

/** Which account a subject is, from an instant on (until the next version). */
export type Attribution = { readonly subject: string; readonly account: string };

/** The legal entity that bills. */
export type Entity = {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly erp: { readonly adapter: 'netsuite'; readonly subsidiaryId: string };
};

/** A JSONata expression that turns a document or signal into a vendor's request. Selects and names, never computes money. */
export type Mapping = {
  readonly id: string;
  readonly adapter: string;
  /** What it maps: `invoice`, `credit-memo`, `cta`, ... */
  readonly kind: string;
  readonly expression: string;
  /** Lookup tables the expression may use as `$table`. */
  readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/** When use has dropped so far below an account's own baseline that someone should call. */
export type SignalRule = {
  readonly id: string;
  readonly name: string;
  readonly signal: 'usage-drop';
  readonly meter: string;
  /** Days of history the baseline is the median of (same weekday). */
  readonly baselineWeeks: number;
  /** The drop must hold for so many consecutive settled days. */
  readonly days: number;
  /** Fraction of the baseline below which a day counts as dropped, e.g. `0.5`. */
  readonly below: string;
  /** Baselines under this quantity a day are too small to judge. */
  readonly minimumBaseline: string;
  readonly priority: 'High' | 'Medium' | 'Low';
};

/** A limit on period-to-date usage of an account's plan; crossings of `thresholds` (percent) are domain events. */
export type Limit = {
  readonly id: string;
  readonly plan: string;
  readonly meter: string;
  readonly quantity: string;
  readonly thresholds: readonly number[];
};

/** The body type of each kind. */
export type CatalogBodies = {
  meter: Meter;
  'price-book': PriceBook;
  contract: Contract;
  account: Account;
  attribution: Attribution;
  entity: Entity;
  mapping: Mapping;
  'signal-rule': SignalRule;
  limit: Limit;
  'fx-rate': FxRate;
};

/** When data is looked at: what holds at `effectiveAt`, as it was known at `knownAt` (default: all that is published). */
export type AsOf = { readonly effectiveAt: string; readonly knownAt?: string };

/** Reads published entries. Missing entries are `undefined`, never a default. */
export type CatalogReader = {
  /** The entry of that id that holds then: the latest `effectiveFrom` not after it, highest version among those known. */
  get<K extends CatalogKind>(kind: K, id: string, asOf: AsOf): Promise<CatalogEntry<CatalogBodies[K]> | undefined>;
  /** One entry per id, ordered by id, as `get` would answer. */
  list<K extends CatalogKind>(kind: K, asOf: AsOf): Promise<CatalogEntry<CatalogBodies[K]>[]>;
  /** One exact version, for re-rating with what was pinned. */
  version<K extends CatalogKind>(
    kind: K,
    id: string,
    version: number,
  ): Promise<CatalogEntry<CatalogBodies[K]> | undefined>;
  /** Every version of every id of a kind, for readers that choose by event time themselves (ingest). */
  history<K extends CatalogKind>(kind: K): Promise<CatalogEntry<CatalogBodies[K]>[]>;
};

/** What someone wants published. */
export type ProposedEntry<K extends CatalogKind = CatalogKind> = {
  readonly kind: K;
  readonly id: string;
  readonly effectiveFrom: string;
  readonly body: CatalogBodies[K];
};

/** One entry of a publication: what it will be once published. */
export type PublicationChange = ProposedEntry & {
  readonly version: number;
  readonly hash: string;
  /** `new`: the id did not exist; `changed`: it has other versions. */
  readonly change: 'new' | 'changed';
};

/** Something that is allowed, but seldom meant. `path` is in the body of the entry; `key` is what accepts it. */
export type PublicationWarning = {
  /** e.g. `cliff:list-usd/team-seats:15`. */
  readonly key: string;
  readonly kind: CatalogKind;
  readonly id: string;
  readonly path: string;
  readonly message: string;
};

/**
 * A set of entries that one person proposed and another publishes, all or nothing. `hash` is what is approved: it covers
 * the changes and the warnings. A `draft` waits for its author, a `proposed` one for a second person.
 */
export type Publication = {
  readonly format: 1;
  readonly publicationId: string;
  readonly hash: string;
  readonly status: 'draft' | 'proposed' | 'published';
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly publishedBy?: string;
  readonly publishedAt?: string;
  readonly changes: readonly PublicationChange[];
  /** What the checks doubt. Of a proposal all of it was accepted by whoever proposed it. */
  readonly warnings?: readonly PublicationWarning[];
};
