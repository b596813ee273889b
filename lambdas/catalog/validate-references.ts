import { exponentOf } from '../platform/currency.ts';
import { parseDecimal } from '../platform/decimal.ts';
import { holdingAt } from './as-of.ts';
import type { Flaw } from './shape.ts';
import { contractEdgeFlaws } from './slot-edges.ts';
import type { CatalogBodies, CatalogEntry, CatalogKind, Contract, Meter, PriceBook, ProposedEntry } from './types.ts';
import { meterFlaws, stepFlaws } from './validate-prices.ts';

/** What the code knows and entries may name. */
export type KnownNames = { readonly eventTypes: readonly string[]; readonly policies: readonly string[] };

/** Finds what an entry refers to: among what is proposed with it, else among what is published. */
export type Lookup = {
  exists(kind: CatalogKind, id: string): boolean;
  ids(kind: CatalogKind): string[];
  /** The body that would hold at an instant once everything proposed is published. */
  body<K extends CatalogKind>(kind: K, id: string, effectiveAt: string): CatalogBodies[K] | undefined;
};

/** A lookup over proposed entries and the published histories of all kinds. */
export const lookupOver = (proposed: readonly ProposedEntry[], published: readonly CatalogEntry[]): Lookup => {
  const versions: CatalogEntry[] = [
    ...published,
    ...proposed.map((entry) => ({
      ...entry,
      version: Number.MAX_SAFE_INTEGER,
      hash: '',
      publishedAt: '',
      proposedBy: '',
      publishedBy: '',
    })),
  ];
  const byKey = Map.groupBy(versions, (entry) => `${entry.kind} ${entry.id}`);
  const of = (kind: CatalogKind, id: string): readonly CatalogEntry[] => byKey.get(`${kind} ${id}`) ?? [];
  return {
    exists: (kind, id) => of(kind, id).length > 0,
    ids: (kind) => [...new Set(versions.filter((entry) => entry.kind === kind).map(({ id }) => id))],
    body: <K extends CatalogKind>(kind: K, id: string, effectiveAt: string) =>
      holdingAt(of(kind, id), { effectiveAt })?.body as CatalogBodies[K] | undefined,
  };
};

type Check<K extends CatalogKind> = (entry: ProposedEntry<K>, lookup: Lookup, known: KnownNames) => Flaw[];

const need = (lookup: Lookup, kind: CatalogKind, id: string, path: string): Flaw[] =>
  lookup.exists(kind, id) ? [] : [{ path, message: `there is no ${kind} "${id}"` }];

const repeated = (ids: readonly string[], path: string): Flaw[] =>
  ids.flatMap((id, n) => (ids.indexOf(id) < n ? [{ path: `${path}/${n}/id`, message: `"${id}" is used twice` }] : []));

const checkMeter = ({ body }: ProposedEntry<'meter'>, known: KnownNames): Flaw[] => [
  ...(known.eventTypes.includes(body.eventType)
    ? []
    : [{ path: '/eventType', message: `no event type "${body.eventType}" is registered` }]),
  ...(body.aggregation !== 'COUNT' && body.valuePath === undefined
    ? [{ path: '/valuePath', message: `is missing: ${body.aggregation} needs a value` }]
    : []),
];

const checkPriceBook = ({ body, effectiveFrom }: ProposedEntry<'price-book'>, lookup: Lookup): Flaw[] => [
  ...repeated(
    body.prices.map((price) => price.id),
    '/prices',
  ),
  ...body.prices.flatMap((price, n) => {
    const path = `/prices/${n}`;
    const flaws = stepFlaws(price.steps, price.meter !== undefined, `${path}/steps`);
    if (price.meter === undefined) return flaws;
    const meter: Meter | undefined = lookup.body('meter', price.meter, effectiveFrom);
    if (meter === undefined) {
      return [...flaws, { path: `${path}/meter`, message: `there is no meter "${price.meter}" at ${effectiveFrom}` }];
    }
    return [...flaws, ...meterFlaws(price, meter, path)];
  }),
];

const checkContract = (entry: ProposedEntry<'contract'>, lookup: Lookup, known: KnownNames): Flaw[] => {
  const { body, effectiveFrom } = entry;
  const book: PriceBook | undefined = lookup.body('price-book', body.priceBook, effectiveFrom);
  const flaws = [
    ...need(lookup, 'account', body.account, '/account'),
    ...need(lookup, 'account', body.payer, '/payer'),
    ...need(lookup, 'entity', body.entity, '/entity'),
    ...repeated(
      body.items.map((item) => item.id),
      '/items',
    ),
    ...contractEdgeFlaws(body, ''),
    ...commitmentFlaws(body),
    ...(known.policies.includes(body.policy)
      ? []
      : [{ path: '/policy', message: `there is no rating policy "${body.policy}"` }]),
  ];
  if (book === undefined) {
    return [
      ...flaws,
      { path: '/priceBook', message: `there is no price book "${body.priceBook}" at ${effectiveFrom}` },
    ];
  }
  if (book.currency !== body.currency) {
    flaws.push({ path: '/currency', message: `the price book "${book.id}" is in ${book.currency}` });
  }
  return [...flaws, ...body.items.flatMap((item, n) => itemFlaws(item, book, `/items/${n}`))];
};

/** The id of a document names the subsidiary: two entities of one would make different documents of one id. */
const checkEntity = ({ id, body, effectiveFrom }: ProposedEntry<'entity'>, lookup: Lookup): Flaw[] => {
  const { adapter, subsidiaryId } = body.erp;
  return lookup.ids('entity').flatMap((other) => {
    const erp = other === id ? undefined : lookup.body('entity', other, effectiveFrom)?.erp;
    return erp?.adapter === adapter && erp.subsidiaryId === subsidiaryId
      ? [{ path: '/erp/subsidiaryId', message: `"${subsidiaryId}" is the entity "${other}" already` }]
      : [];
  });
};

const itemFlaws = (item: Contract['items'][number], book: PriceBook, path: string): Flaw[] => {
  const price = book.prices.find((candidate) => candidate.id === item.price);
  if (price === undefined) {
    return [{ path: `${path}/price`, message: `the price book "${book.id}" has no price "${item.price}"` }];
  }
  return item.steps === undefined ? [] : stepFlaws(item.steps, price.meter !== undefined, `${path}/steps`);
};

const commitmentFlaws = ({ minimumCommitment, currency }: Contract): Flaw[] =>
  minimumCommitment !== undefined && parseDecimal(minimumCommitment.amount).scale > exponentOf(currency)
    ? [{ path: '/minimumCommitment/amount', message: `${currency} has ${exponentOf(currency)} decimals` }]
    : [];

/** What an entry refers to, per kind. Kinds that are not named refer to nothing. */
const CHECKS: { readonly [K in CatalogKind]?: Check<K> } = {
  meter: (entry, _, known) => checkMeter(entry, known),
  'price-book': checkPriceBook,
  contract: checkContract,
  entity: checkEntity,
  account: ({ body }, lookup) => [
    ...need(lookup, 'entity', body.entity, '/entity'),
    ...(body.parent === undefined ? [] : need(lookup, 'account', body.parent, '/parent')),
  ],
  attribution: ({ body }, lookup) => need(lookup, 'account', body.account, '/account'),
  limit: ({ body }, lookup) => need(lookup, 'meter', body.meter, '/meter'),
  'signal-rule': ({ body }, lookup) => need(lookup, 'meter', body.meter, '/meter'),
};

/** What is wrong with the references of an entry whose shape is right. Paths start at its body. */
export const referenceFlaws = (entry: ProposedEntry, lookup: Lookup, known: KnownNames): Flaw[] => {
  const check = CHECKS[entry.kind] as Check<CatalogKind> | undefined;
  return check === undefined ? [] : check(entry, lookup, known);
};
