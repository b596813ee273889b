import { describe, expect, it } from 'vitest';
import { PRICE_STEP_ORDER, type PriceStep, type ProposedEntry } from '../../../lambdas/catalog/types.ts';
import { validateEntries } from '../../../lambdas/catalog/validate-entries.ts';
import { exampleCompany, find, KNOWN, withBody } from './example-company.ts';

const company = exampleCompany();

/** The flaws as `path: sentence` of the example company with one entry replaced; `…` stands for the entry's path. */
const flawsOf = (replaced: unknown, kind = '', id = ''): string[] => {
  const others = company.filter((entry) => !(entry.kind === kind && entry.id === id));
  const result = validateEntries([replaced, ...others], [], KNOWN);
  return result.ok ? [] : result.flaws.map((flaw) => `${flaw.path.replace('/entries/0', '…')}: ${flaw.message}`);
};
const changed = (kind: string, id: string, change: Readonly<Record<string, unknown>>): string[] =>
  flawsOf(withBody(find(company, kind, id), change), kind, id);

const withSteps = (steps: readonly PriceStep[], price: Readonly<Record<string, unknown>> = {}): string[] =>
  changed('price-book', 'list-usd', {
    prices: [
      ...(find(company, 'price-book', 'list-usd') as ProposedEntry<'price-book'>).body.prices,
      { id: 'x', product: 'x', description: 'x', meter: 'api_calls', perDimensions: [], steps, ...price },
    ],
  }).map((flaw) => flaw.replace('…/body/prices/15', 'price'));

const perUnit: PriceStep = { step: 'per-unit', unitPrice: '0.01' };
const fee: PriceStep = { step: 'recurring-fee', amount: '5.00', proration: 'day' };

describe('entries of a publication', () => {
  it('takes the example company as it is', () => {
    expect(validateEntries(company, [], KNOWN)).toEqual({ ok: true, entries: company });
  });

  it('refuses two entities of one subsidiary: their documents would have the same ids', () => {
    const [flaw] = changed('entity', 'larkspur-inc', { erp: { adapter: 'netsuite', subsidiaryId: '2' } });
    expect(flaw).toMatch(/^…\/body\/erp\/subsidiaryId: "2" is the entity "larkspur-[a-z]+" already$/);
  });

  it('resolves references against what is published already', () => {
    const contract = find(company, 'contract', 'contract-01');
    const rest = company.filter((entry) => entry !== contract);
    const published = rest.map((entry) => ({
      ...entry,
      version: 1,
      hash: '',
      publishedAt: '2026-01-01T00:00:00.000Z',
      proposedBy: 'ada',
      publishedBy: 'grace',
    }));
    expect(validateEntries([contract], published, KNOWN).ok).toBe(true);
    expect(validateEntries([contract], [], KNOWN).ok).toBe(false);
  });

  it.each<[string, unknown, string]>([
    ['no list', 7, '/entries: must be a list'],
    ['nothing', [], '/entries: needs at least 1 entry'],
    [
      'no kind',
      [{ id: 'a', effectiveFrom: '2026-01-01T00:00:00.000Z', body: {} }],
      '/entries/0/kind: is missing: add it',
    ],
    [
      'an instant without milliseconds',
      [{ kind: 'meter', id: 'a', effectiveFrom: '2026-01-01', body: {} }],
      '/entries/0/effectiveFrom: must be like 2026-01-01T00:00:00.000Z (UTC, milliseconds), not "2026-01-01"',
    ],
  ])('refuses %s', (_, entries, flaw) => {
    const result = validateEntries(entries, [], KNOWN);
    expect(result.ok ? [] : result.flaws.map((each) => `${each.path}: ${each.message}`)).toContain(flaw);
  });

  it('names fields that are missing, unknown or of the wrong form', () => {
    expect(changed('meter', 'storage', { name: undefined })).toEqual(['…/body/name: is missing: add it']);
    expect(changed('meter', 'storage', { colour: 'red' })).toEqual([
      '…/body/colour: is not a known field; known are id, name, eventType, aggregation, dimensions, filters, unit, valuePath',
    ]);
    expect(changed('meter', 'storage', { unit: '' })).toEqual(['…/body/unit: must be text and not empty']);
    expect(changed('limit', 'team-api-calls', { quantity: 100 })).toEqual([
      '…/body/quantity: must be a decimal as text, e.g. "12.50"',
    ]);
    expect(changed('limit', 'team-api-calls', { quantity: '1e5' })).toEqual([
      '…/body/quantity: "1e5" is not a plain decimal number like 12.50',
    ]);
    expect(changed('limit', 'team-api-calls', { quantity: '0' })).toEqual(['…/body/quantity: must be above 0, not 0']);
  });

  it('refuses to take effect inside a slot, and period edges inside one', () => {
    const meter = find(company, 'meter', 'storage');
    expect(flawsOf({ ...meter, effectiveFrom: '2026-01-01T00:10:00.000Z' }, 'meter', 'storage')).toContain(
      '…/effectiveFrom: 2026-01-01T00:10:00.000Z lies inside a 15-minute slot; take effect at :00, :15, :30 or :45',
    );
    expect(changed('contract', 'contract-01', { zone: 'Africa/Monrovia', start: '1971-05-01' })[0]).toMatch(
      /^…\/body\/start: 1971-05-01 begins at 1971-05-01T00:44:\d\d\.000Z in Africa\/Monrovia, inside a 15-minute slot: choose another zone or date$/,
    );
  });

  it('refuses a zone, a date and an end that cannot be', () => {
    expect(changed('contract', 'contract-01', { zone: 'Mars/Olympus' })).toEqual([
      '…/body/zone: "Mars/Olympus" is not an IANA time zone like Europe/Berlin',
    ]);
    expect(changed('contract', 'contract-01', { start: '2026-02-30' })).toEqual([
      '…/body/start: there is no day 2026-02-30: name another',
    ]);
    expect(changed('contract', 'contract-01', { end: '2024-01-01' })).toEqual([
      '…/body/end: must be after the start, 2024-01-01',
    ]);
  });

  it('refuses references to what does not exist', () => {
    expect(changed('meter', 'storage', { eventType: 'com.larkspur.none' })).toContain(
      '…/body/eventType: no event type "com.larkspur.none" is registered',
    );
    expect(changed('attribution', 'org-03', { account: 'acct-99' })).toEqual([
      '…/body/account: there is no account "acct-99"',
    ]);
    expect(changed('contract', 'contract-01', { priceBook: 'list-gbp' })).toContain(
      '…/body/priceBook: there is no price book "list-gbp" at 2024-01-01T00:00:00.000Z',
    );
    expect(changed('contract', 'contract-01', { priceBook: 'list-eur' })).toContain(
      '…/body/currency: the price book "list-eur" is in EUR, and there is no fx-rate from EUR to USD: publish one or name a book in USD',
    );
    expect(changed('contract', 'contract-01', { items: [{ id: 'a', price: 'gold' }] })).toEqual([
      '…/body/items/0/price: the price book "list-usd" has no price "gold"',
    ]);
    expect(changed('contract', 'contract-01', { policy: 'lenient' })).toEqual([
      `…/body/policy: there is no rating policy "lenient"; there are ${KNOWN.policies.join(', ')}`,
    ]);
  });

  it('refuses a commitment with more decimals than its currency has', () => {
    const minimumCommitment = { amount: '1000.5', description: 'least' };
    expect(changed('contract', 'contract-14', { minimumCommitment })).toEqual([
      '…/body/minimumCommitment/amount: has more decimals than JPY, which has 0: round it',
    ]);
  });

  it('refuses an id that the body contradicts, and an entry that stands twice', () => {
    expect(changed('account', 'acct-24', { id: 'acct-23' })[0]).toBe('…/id: is "acct-24", but the body says "acct-23"');
    expect(flawsOf(find(company, 'meter', 'storage'))).toHaveLength(1);
  });

  it('refuses a mapping that is no JSONata', () => {
    const body = { id: 'm', adapter: 'netsuite', kind: 'invoice', expression: '{ "a": ', tables: {} };
    const mapping = { kind: 'mapping', id: 'm', effectiveFrom: '2024-01-01T00:00:00.000Z', body };
    expect(flawsOf(mapping)[0]).toMatch(/^…\/body\/expression: is not a JSONata expression: /);
    expect(flawsOf({ ...mapping, body: { ...body, expression: '{ "a": total }' } })).toEqual([]);
  });
});

describe('the steps of a price', () => {
  it('takes steps in the order of the arithmetic', () => {
    expect(withSteps([{ step: 'allowance', quantity: '5' }, perUnit, fee])).toEqual([]);
  });

  it.each<[string, readonly PriceStep[], Readonly<Record<string, unknown>>, string]>([
    [
      'out of order',
      [perUnit, { step: 'allowance', quantity: '5' }],
      {},
      'price/steps/0: "per-unit" must come after "allowance"',
    ],
    ['twice', [perUnit, perUnit], {}, 'price/steps/1: "per-unit" stands twice; a price uses a step once'],
    [
      'two that charge',
      [perUnit, { step: 'package', size: '1', price: '1', rounding: 'up' }],
      {},
      'price/steps: per-unit and package both charge the same usage; use one price for each',
    ],
    [
      'none that charges',
      [fee],
      {},
      'price/steps: nothing charges the usage: add one of per-unit, graduated, volume, package, stairstep, percentage, matrix, dynamic, capacity, seats',
    ],
    [
      'usage without a meter',
      [perUnit, fee],
      { meter: undefined },
      'price/steps/0: "per-unit" needs usage: give the price a meter',
    ],
    [
      'no fee and no meter',
      [{ step: 'minimum', amount: '5' }],
      { meter: undefined },
      'price/steps: a price without a meter needs a recurring-fee or a one-time-fee',
    ],
    [
      'seats of a sum',
      [{ step: 'seats', unitPrice: '1', proration: 'day' }],
      {},
      'price/steps/0: seats are levels that hold until they change, and need a LATEST meter; "api_calls" is SUM',
    ],
    [
      'a tier that ends before it begins',
      [
        {
          step: 'graduated',
          tiers: [
            { upTo: '10', unitPrice: '1' },
            { upTo: '10', unitPrice: '1' },
            { upTo: null, unitPrice: '1' },
          ],
        },
      ],
      {},
      'price/steps/0/tiers/1/upTo: must be above 10, where the tier before ends: the tiers overlap',
    ],
    [
      'a last tier that ends',
      [{ step: 'graduated', tiers: [{ upTo: '10', unitPrice: '1' }] }],
      {},
      'price/steps/0/tiers/0/upTo: nothing says what more than 10 costs: the last tier must be without an end (null)',
    ],
    [
      'more than all off',
      [perUnit, { step: 'percentage-discount', percent: '101' }],
      {},
      'price/steps/1/percent: a discount cannot be more than 100 percent',
    ],
    [
      'an unknown dimension',
      [perUnit],
      { perDimensions: ['planet'] },
      'price/perDimensions/0: meter "api_calls" has no dimension "planet"; it has endpoint, account',
    ],
    [
      'an unknown meter',
      [perUnit],
      { meter: 'heat' },
      'price/meter: there is no meter "heat" at 2024-01-01T00:00:00.000Z',
    ],
    [
      'an unknown step',
      [{ step: 'discount' } as unknown as PriceStep],
      {},
      `price/steps/0/step: must be one of ${PRICE_STEP_ORDER.join(', ')}`,
    ],
  ])('refuses steps that are %s', (_, steps, price, flaw) => {
    expect(withSteps(steps, price)).toContain(flaw);
  });

  it('refuses to pool what cannot be added up', () => {
    expect(
      changed('meter', 'api_calls', { aggregation: 'MAX' }).some((flaw) =>
        flaw.endsWith('MAX cannot be added up over dimensions: name all of endpoint'),
      ),
    ).toBe(true);
  });
});
