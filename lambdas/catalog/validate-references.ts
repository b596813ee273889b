import { contractDateFlaws } from './contract-dates.ts';
import { contractReferenceFlaws } from './contract-references.ts';
import { contractOwnFlaws } from './contract-rules.ts';
import type { Lookup } from './lookup.ts';
import { isOwnAncestor } from './paying-rules.ts';
import { priceBookFlaws } from './price-book-references.ts';
import type { Flaw } from './shape.ts';
import type { CatalogKind, ProposedEntry } from './types.ts';

/** What the code knows and entries may name. */
export type KnownNames = { readonly eventTypes: readonly string[]; readonly policies: readonly string[] };

type Check<K extends CatalogKind> = (entry: ProposedEntry<K>, lookup: Lookup, known: KnownNames) => Flaw[];

const need = (lookup: Lookup, kind: CatalogKind, id: string, path: string): Flaw[] =>
  lookup.exists(kind, id) ? [] : [{ path, message: `there is no ${kind} "${id}"` }];

const checkMeter = ({ body }: ProposedEntry<'meter'>, known: KnownNames): Flaw[] => {
  const names = body.dimensions.map((dimension) => dimension.name);
  return [
    ...(known.eventTypes.includes(body.eventType)
      ? []
      : [{ path: '/eventType', message: `no event type "${body.eventType}" is registered` }]),
    ...(body.aggregation !== 'COUNT' && body.valuePath === undefined
      ? [{ path: '/valuePath', message: `is missing: ${body.aggregation} needs a value` }]
      : []),
    ...names.flatMap((name, n): Flaw[] => {
      const path = `/dimensions/${n}/name`;
      if (names.indexOf(name) < n) return [{ path, message: `"${name}" stands twice: remove one` }];
      return name === 'account'
        ? [{ path, message: '"account" is what every meter has already: name it otherwise' }]
        : [];
    }),
  ];
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

const checkAccount = ({ id, body, effectiveFrom }: ProposedEntry<'account'>, lookup: Lookup): Flaw[] => {
  const flaws = need(lookup, 'entity', body.entity, '/entity');
  if (body.parent === undefined) return flaws;
  const parentOf = (account: string): string | undefined => lookup.body('account', account, effectiveFrom)?.parent;
  return isOwnAncestor(id, body.parent, parentOf)
    ? [
        ...flaws,
        { path: '/parent', message: `"${body.parent}" is below "${id}" already: an account is not above itself` },
      ]
    : [...flaws, ...need(lookup, 'account', body.parent, '/parent')];
};

/** A pair of currencies has one rate at a time, so that nobody has to choose. */
const checkFxRate = ({ id, body, effectiveFrom }: ProposedEntry<'fx-rate'>, lookup: Lookup): Flaw[] => {
  const { from, to } = body;
  const flaws: Flaw[] =
    from === to ? [{ path: '/to', message: `is ${from} as well: a rate is between two currencies` }] : [];
  const other = lookup
    .bodies('fx-rate', effectiveFrom)
    .find((rate) => rate.id !== id && rate.from === from && rate.to === to);
  if (other !== undefined) {
    flaws.push({ path: '/id', message: `the rate from ${from} to ${to} is "${other.id}": publish its next version` });
  }
  return flaws;
};

const checkContract: Check<'contract'> = (entry, lookup, known) => [
  ...contractOwnFlaws(entry.body),
  ...contractDateFlaws(entry.body),
  ...contractReferenceFlaws(entry, lookup, known.policies),
];

/** What an entry refers to, per kind. Kinds that are not named refer to nothing. */
const CHECKS: { readonly [K in CatalogKind]?: Check<K> } = {
  meter: (entry, _, known) => checkMeter(entry, known),
  'price-book': priceBookFlaws,
  contract: checkContract,
  entity: checkEntity,
  'fx-rate': checkFxRate,
  account: checkAccount,
  attribution: ({ body }, lookup) => need(lookup, 'account', body.account, '/account'),
  limit: ({ body }, lookup) => need(lookup, 'meter', body.meter, '/meter'),
  'signal-rule': ({ body }, lookup) => need(lookup, 'meter', body.meter, '/meter'),
};

/** What is wrong with an entry whose shape is right: with itself and with what it refers to. Paths start at its body. */
export const referenceFlaws = (entry: ProposedEntry, lookup: Lookup, known: KnownNames): Flaw[] => {
  const check = CHECKS[entry.kind] as Check<CatalogKind> | undefined;
  return check === undefined ? [] : check(entry, lookup, known);
};
