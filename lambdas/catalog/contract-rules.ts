import { exponentOf } from '../platform/currency.ts';
import { compare, parseDecimal } from '../platform/decimal.ts';
import type { Flaw } from './shape.ts';
import type { Contract, Entitlement } from './types.ts';

/** Repeated ids of a list whose entries have one. */
export const repeated = (ids: readonly string[], path: string, field = 'id'): Flaw[] =>
  ids.flatMap((id, n) =>
    ids.indexOf(id) < n ? [{ path: `${path}/${n}/${field}`, message: `"${id}" is used twice: give each its own` }] : [],
  );

const above = (a: string, b: string): boolean => compare(parseDecimal(a), parseDecimal(b)) > 0;

/**
 * What a contract says against itself: ids used twice, items that it does not have, amounts that are no amounts of its
 * currency, bounds and dates in the wrong order. Paths start at the contract. Nothing else is looked at.
 */
export const contractOwnFlaws = (contract: Contract): Flaw[] => [
  ...repeated(
    contract.items.map((item) => item.id),
    '/items',
  ),
  ...contract.items.flatMap((item, n) => ownLineName(item.id, `/items/${n}/id`)),
  ...groupFlaws(contract),
  ...discountFlaws(contract),
  ...creditFlaws(contract),
  ...(contract.entitlements ?? []).flatMap((entitlement, n) => entitlementFlaws(entitlement, `/entitlements/${n}`)),
  ...repeated(
    (contract.entitlements ?? []).map((entitlement) => entitlement.feature),
    '/entitlements',
    'feature',
  ),
  ...amountFlaws(contract),
];

/** Rating names the lines of the contract itself so; an item of that name would have the same line ids. */
const OWN_LINES = /^(?:minimum-commitment|commitment-overage|contract-maximum|(?:group|discount|credit)-.*)$/;

const ownLineName = (id: string, path: string): Flaw[] =>
  OWN_LINES.test(id)
    ? [{ path, message: `"${id}" is the name of a line of the contract itself: give it another` }]
    : [];

/** Items that a part of the contract names: each must be one of its items, none twice. */
const namedItems = (items: readonly string[] | undefined, contract: Contract, path: string): Flaw[] =>
  (items ?? []).flatMap((id, n, all): Flaw[] => {
    const at = `${path}/items/${n}`;
    if (all.indexOf(id) < n) return [{ path: at, message: `"${id}" stands twice: remove one` }];
    if (contract.items.some((item) => item.id === id)) return [];
    const has = contract.items.map((item) => item.id).join(', ');
    return [{ path: at, message: `the contract has no item "${id}"; it has ${has}` }];
  });

const groupFlaws = (contract: Contract): Flaw[] => {
  const groups = contract.groups ?? [];
  const grouped = new Map<string, string>();
  const flaws = repeated(
    groups.map((group) => group.id),
    '/groups',
  );
  groups.forEach((group, n) => {
    const path = `/groups/${n}`;
    flaws.push(...namedItems(group.items, contract, path));
    if (group.minimum === undefined && group.maximum === undefined) {
      flaws.push({ path, message: 'bounds nothing: give it a minimum or a maximum' });
    }
    if (group.minimum !== undefined && group.maximum !== undefined && above(group.minimum, group.maximum)) {
      flaws.push({ path: `${path}/minimum`, message: `is above the maximum, ${group.maximum}` });
    }
    group.items.forEach((item, index) => {
      const other = grouped.get(item);
      if (other !== undefined && other !== group.id) {
        const message = `"${item}" is in the group "${other}" already: an item shares one minimum or maximum`;
        flaws.push({ path: `${path}/items/${index}`, message });
      }
      grouped.set(item, group.id);
    });
  });
  return flaws;
};

const discountFlaws = (contract: Contract): Flaw[] => {
  const discounts = contract.discounts ?? [];
  return [
    ...repeated(
      discounts.map((discount) => discount.id),
      '/discounts',
    ),
    ...discounts.flatMap((discount, n): Flaw[] => {
      const path = `/discounts/${n}`;
      const flaws = namedItems(discount.items, contract, path);
      if ((discount.percent === undefined) === (discount.amount === undefined)) {
        flaws.push({ path, message: 'needs exactly one of percent and amount' });
      }
      if (discount.percent !== undefined && above(discount.percent, '100')) {
        flaws.push({ path: `${path}/percent`, message: 'a discount cannot be more than 100 percent' });
      }
      return [
        ...flaws,
        ...spanFlaws(discount.from, discount.until, `${path}/until`),
        ...useless(contract, discount.until, discount.from, path, 'until'),
      ];
    }),
  ];
};

const creditFlaws = (contract: Contract): Flaw[] => {
  const credits = contract.credits ?? [];
  return [
    ...repeated(
      credits.map((credit) => credit.id),
      '/credits',
    ),
    ...credits.flatMap((credit, n) => [
      ...namedItems(credit.items, contract, `/credits/${n}`),
      ...spanFlaws(credit.from, credit.expires, `/credits/${n}/expires`),
      ...useless(contract, credit.expires, credit.from, `/credits/${n}`, 'expires'),
      ...(credit.kind === 'promotional' && credit.erp !== undefined
        ? [
            {
              path: `/credits/${n}/erp`,
              message: 'only prepaid credit is a deposit: a promotional one lowers the invoice',
            },
          ]
        : []),
    ]),
  ];
};

const spanFlaws = (from: string | undefined, to: string | undefined, path: string): Flaw[] =>
  from !== undefined && to !== undefined && to <= from
    ? [{ path, message: `must be after ${from}, where it begins` }]
    : [];

/** A span that no day of the contract lies in. */
const useless = (
  { start, end }: Contract,
  to: string | undefined,
  from: string | undefined,
  path: string,
  name: 'until' | 'expires',
): Flaw[] => {
  if (to !== undefined && to <= start) {
    return [{ path: `${path}/${name}`, message: `is never used: the contract starts on ${start}` }];
  }
  if (from !== undefined && end !== undefined && from >= end) {
    return [{ path: `${path}/from`, message: `is never used: the contract ends before ${end}` }];
  }
  return [];
};

const entitlementFlaws = (entitlement: Entitlement, path: string): Flaw[] => {
  const { meter, limit, enforcement, thresholds } = entitlement;
  const flaws: Flaw[] = [];
  if ((meter === undefined) !== (limit === undefined)) {
    flaws.push({ path, message: 'needs both meter and limit to limit use, or neither for a feature that is on' });
  }
  if (limit === undefined && enforcement !== undefined) {
    flaws.push({
      path: `${path}/enforcement`,
      message: 'there is no limit to enforce: remove it or give a meter and a limit',
    });
  }
  if (limit === undefined && thresholds !== undefined) {
    flaws.push({
      path: `${path}/thresholds`,
      message: 'are percents of a limit: remove them or give a meter and a limit',
    });
  }
  thresholds?.forEach((threshold, n) => {
    const before = thresholds[n - 1];
    if (before !== undefined && threshold <= before) {
      flaws.push({ path: `${path}/thresholds/${n}`, message: `must be above ${before}, the one before` });
    }
  });
  return flaws;
};

/** Amounts that become lines as they are: they have no more decimals than the currency. */
const amountFlaws = (contract: Contract): Flaw[] => {
  const { currency, minimumCommitment, maximum } = contract;
  const amounts: readonly (readonly [string, string | undefined])[] = [
    ['/minimumCommitment/amount', minimumCommitment?.amount],
    ['/maximum/amount', maximum?.amount],
    ...(contract.groups ?? []).flatMap(
      ({ minimum, maximum: most }, n) =>
        [
          [`/groups/${n}/minimum`, minimum],
          [`/groups/${n}/maximum`, most],
        ] as const,
    ),
    ...(contract.discounts ?? []).map(({ amount }, n) => [`/discounts/${n}/amount`, amount] as const),
    ...(contract.credits ?? []).map(({ amount }, n) => [`/credits/${n}/amount`, amount] as const),
  ];
  const decimals = exponentOf(currency);
  const flaws = amounts.flatMap(([path, amount]): Flaw[] =>
    amount !== undefined && parseDecimal(amount).scale > decimals
      ? [{ path, message: `has more decimals than ${currency}, which has ${decimals}: round it` }]
      : [],
  );
  // A commitment over the contract year is not comparable with the maximum of a period.
  const perPeriod = minimumCommitment !== undefined && minimumCommitment.over !== 'contract-year';
  if (perPeriod && maximum !== undefined && above(minimumCommitment.amount, maximum.amount)) {
    flaws.push({ path: '/minimumCommitment/amount', message: `is above the maximum, ${maximum.amount}` });
  }
  return flaws;
};
