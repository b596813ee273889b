import type { Draw } from '../../../rating/generate/draw.ts';
import type { Entries, Mutation } from './mutations.ts';
import type { Json, JsonObject } from './tree.ts';
import { BOOK, CONTRACT, RATE } from './world.ts';

/** Contracts and rates whose form is right and that still cannot mean anything. */

const contract =
  (spoil: (body: JsonObject, draw: Draw) => void): Mutation =>
  (entries, draw) => {
    const body = entries[CONTRACT]?.body;
    if (body === undefined) return undefined;
    spoil(body, draw);
    return CONTRACT;
  };
const fields = (change: (draw: Draw, body: JsonObject) => JsonObject): Mutation =>
  contract((body, draw) => Object.assign(body, change(draw, body)));

const list = (holder: JsonObject, name: string): JsonObject[] => holder[name] as JsonObject[];
const first = (holder: JsonObject, name: string): JsonObject => list(holder, name)[0] ?? {};
const change = (name: string, of: (draw: Draw, body: JsonObject) => JsonObject): Mutation =>
  contract((body, draw) => Object.assign(first(body, name), of(draw, body)));
const twice = (name: string): Mutation => contract((body) => list(body, name).push({ ...first(body, name) }));

const perUnit: Json = [{ step: 'per-unit', unitPrice: '1' }];
const ramp = (...dates: readonly string[]): Mutation =>
  contract((body) => {
    first(body, 'items').ramp = dates.map((from) => ({ from, steps: perUnit }));
  });

/** Another contract beside the one that is there. */
const beside = (entries: Entries, more: (body: JsonObject) => JsonObject): void => {
  const original = entries[CONTRACT];
  if (original === undefined) return;
  const { groups, discounts, credits, entitlements, covers, ...body } = original.body;
  const id = 'other';
  entries.push({ ...original, id, body: { ...body, id, ...more(original.body) } } as Entries[number]);
};

const rate =
  (spoil: (body: JsonObject) => void): Mutation =>
  (entries) => {
    const body = entries[RATE]?.body;
    if (body === undefined) return undefined;
    spoil(body);
    return RATE;
  };

export const CONTRACTS: Readonly<Record<string, Mutation>> = {
  'an item twice': twice('items'),
  'a group twice': twice('groups'),
  'a discount twice': twice('discounts'),
  'a credit twice': twice('credits'),
  'an entitlement twice': twice('entitlements'),
  'an item named like a line of the contract': contract((body, draw) => {
    const { id, ...item } = first(body, 'items');
    const reserved = [
      'minimum-commitment',
      'commitment-overage',
      'contract-maximum',
      'group-g',
      'discount-d2',
      'credit-c',
    ];
    list(body, 'items').push({ ...item, id: draw.pick(reserved) });
  }),
  'an item of no price': change('items', () => ({ price: 'gold' })),
  'a group of an unknown item': change('groups', () => ({ items: ['i-p9'] })),
  'a discount on an unknown item': change('discounts', () => ({ items: ['p0'] })),
  'a credit for an unknown item': change('credits', () => ({ items: ['nothing'] })),
  'an item twice in a group': change('groups', () => ({ items: ['i-p0', 'i-p0'] })),
  'an item in two groups': contract((body) =>
    list(body, 'groups').push({ id: 'h', description: 'Other', items: ['i-p1'], maximum: '5' }),
  ),
  'a group without bounds': contract((body) => {
    body.groups = [{ id: 'g', description: 'Group', items: ['i-p0'] }];
  }),
  'a group whose minimum is above its maximum': change('groups', () => ({ minimum: '901' })),
  'percent and amount': change('discounts', () => ({ percent: '5', amount: '5' })),
  'neither percent nor amount': contract((body) => {
    const discount = first(body, 'discounts');
    delete discount.percent;
    delete discount.amount;
  }),
  'more than all off': change('discounts', () => ({ percent: '101' })),
  'a discount that ends before it begins': change('discounts', (draw) => ({
    from: '2026-06-01',
    until: draw.pick(['2026-06-01', '2026-05-01']),
  })),
  'a discount before the contract': contract((body) => {
    body.discounts = [{ id: 'd', description: 'D', percent: '5', until: '2026-01-01' }];
  }),
  'a discount after the contract': contract((body) => {
    body.discounts = [{ id: 'd', description: 'D', percent: '5', from: '2028-01-01' }];
  }),
  'a credit that expires before it begins': change('credits', () => ({ from: '2026-03-01', expires: '2026-02-01' })),
  'a ramp out of order': ramp('2027-01-01', '2026-07-01'),
  'a ramp twice on a day': ramp('2026-07-01', '2026-07-01'),
  'a ramp inside a period': contract((body, draw) => {
    const inside = body.cadence === 'quarterly' ? ['2026-05-01', '2026-04-02'] : ['2026-04-02', '2026-04-30'];
    first(body, 'items').ramp = [{ from: draw.pick(inside), steps: perUnit }];
  }),
  'a ramp before the contract': ramp('2025-01-01'),
  'a ramp after the contract': ramp('2028-01-01'),
  'own capacity of an unknown meter': contract((body) => {
    const item = list(body, 'items').find(({ price }) => price === 'p4') ?? {};
    item.steps = [
      {
        step: 'capacity',
        tiers: [
          { limits: { heat: '5' }, price: '1' },
          { limits: null, price: '2' },
        ],
      },
    ];
  }),
  'a ramp whose steps cannot be': contract((body) => {
    first(body, 'items').ramp = [
      { from: '2026-07-01', steps: [{ step: 'recurring-fee', amount: '1', proration: 'day' }] },
    ];
  }),
  'own steps that cannot be': change('items', (draw) => ({
    steps: draw.pick<Json>([
      [{ step: 'minimum', amount: '5' }],
      [{ step: 'volume', tiers: [{ upTo: '5', unitPrice: '1' }] }],
      [{ step: 'seats', unitPrice: '5', proration: 'day' }],
    ]),
  })),
  'a quantity of what has no fee': contract((body) => {
    const item = first(body, 'items');
    delete item.ramp;
    item.steps = perUnit;
    item.quantity = '2';
  }),
  'a pool of two sizes': contract((body) => {
    const [one = {}, two = {}] = list(body, 'items');
    const pooled = (quantity: string): Json => [
      { step: 'allowance', quantity, pool: 'shared' },
      { step: 'per-unit', unitPrice: '1' },
    ];
    one.steps = pooled('5');
    two.steps = pooled('6');
  }),
  'an end before the start': fields((draw) => ({ end: draw.pick(['2026-01-01', '2025-12-31']) })),
  'a trial before the start': fields((draw) => ({ trialUntil: draw.pick(['2026-01-01', '2025-06-01']) })),
  'a trial to the end': fields((draw) => ({ trialUntil: draw.pick(['2028-01-01', '2029-01-01']) })),
  'a zone that there is not': fields((draw) => ({ zone: draw.pick(['Mars/Olympus', 'Berlin', '../UTC', 'UTC+25']) })),
  'edges inside a slot': fields(() => ({ zone: 'Africa/Monrovia', start: '1971-05-01' })),
  'an account that covers itself': fields(() => ({ covers: ['one'] })),
  'an account covered twice': fields(() => ({ covers: ['child', 'child'] })),
  'two that pay for each other': (entries) => {
    Object.assign(entries[CONTRACT]?.body ?? {}, { payer: 'payer' });
    beside(entries, () => ({ account: 'payer', payer: 'one' }));
    return CONTRACT;
  },
  'two that cover each other': (entries) => {
    beside(entries, () => ({ account: 'child', payer: 'child', covers: ['one'] }));
    return CONTRACT;
  },
  'a commitment above the maximum': fields(() => ({
    minimumCommitment: { amount: '501', description: 'Least', over: 'period' },
    maximum: { amount: '500', description: 'Most' },
  })),
  'more decimals than the currency': contract((body, draw) => {
    const [holder, name] = draw.pick([
      [body.maximum, 'amount'],
      [body.minimumCommitment, 'amount'],
      [first(body, 'groups'), 'maximum'],
      [first(body, 'credits'), 'amount'],
    ] as const);
    (holder as JsonObject)[name] = '123456.789';
  }),
  'a currency without a rate': fields(() => ({ currency: 'JPY' })),
  'a policy that there is not': fields(() => ({ policy: 'lenient' })),
  'a price book that there is not': fields(() => ({ priceBook: 'list-gbp' })),
  'an anchor that no month has': fields((draw) => ({ anchorDay: draw.pick([0, 32, -1, 1.5]) })),
  'a limit without a meter': contract((body) => {
    body.entitlements = [{ feature: 'x', description: 'X', limit: '5' }];
  }),
  'a meter without a limit': contract((body) => {
    body.entitlements = [{ feature: 'x', description: 'X', meter: 'calls' }];
  }),
  'thresholds of no limit': contract((body, draw) => {
    const more = draw.pick<JsonObject>([{ thresholds: [50] }, { enforcement: 'hard' }]);
    body.entitlements = [{ feature: 'x', description: 'X', ...more }];
  }),
  'thresholds out of order': contract((body, draw) => {
    const thresholds = draw.pick([
      [80, 50],
      [50, 50],
    ]);
    body.entitlements = [{ feature: 'x', description: 'X', meter: 'calls', limit: '5', thresholds }];
  }),
  'a rate from a currency to itself': rate((body) => {
    body.to = body.from ?? null;
  }),
  'a rate of zero': rate((body) => {
    body.rate = '0';
  }),
  'two rates of a pair': (entries) => {
    const original = entries[RATE];
    if (original === undefined) return undefined;
    entries.push({ ...original, id: 'again', body: { ...original.body, id: 'again' } } as Entries[number]);
    return RATE;
  },
  'a book in a currency without a rate': (entries) => {
    Object.assign(entries[BOOK]?.body ?? {}, { currency: 'JPY' });
    return BOOK;
  },
};
