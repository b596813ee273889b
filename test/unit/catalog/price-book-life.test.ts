import { describe, expect, it } from 'vitest';
import { bookChanges } from '../../../lambdas/catalog/book-diff.ts';
import { bookVersions } from '../../../lambdas/catalog/book-versions.ts';
import { proposePublication, submitDraft } from '../../../lambdas/catalog/propose.ts';
import type { PublishPorts } from '../../../lambdas/catalog/publication.ts';
import { approvePublication } from '../../../lambdas/catalog/publish.ts';
import type { PriceBook, PriceStep, ProposedEntry } from '../../../lambdas/catalog/types.ts';
import { catalogRoutes } from '../../../lambdas/operations/catalog-routes.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import { priceOfQuantity } from '../../../lambdas/rating/price-of-quantity.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { exampleMapping } from '../delivery/documents.ts';
import { caller } from '../operations/call.ts';
import { exampleCompany, find, KNOWN, withBody } from './example-company.ts';

const company = exampleCompany();
const usd = find(company, 'price-book', 'list-usd') as ProposedEntry<'price-book'>;

const setUp = async () => {
  const clock = manualClock('2026-11-01T10:00:00.000Z');
  const audit = memoryAuditLog(clock);
  const ports: PublishPorts = { catalog: memoryCatalog(), audit, clock, known: KNOWN, priceOf: priceOfQuantity };
  const first = await proposePublication(ports, { entries: company, proposer: 'ada' });
  await approve(ports, first);
  return { ports, clock, audit };
};
const approve = (ports: PublishPorts, { publicationId, hash }: { publicationId: string; hash: string }) =>
  approvePublication(ports, { publicationId, hash, approver: 'grace', roles: ['finance-approver'] });

/** The price list with another price beside its own, from an instant on. */
const withPrice = (steps: readonly PriceStep[], effectiveFrom = '2027-01-01T00:00:00.000Z'): ProposedEntry => ({
  ...withBody(usd, {
    prices: [
      ...usd.body.prices,
      { id: 'extra', product: 'extra', description: 'Extra seats', meter: 'api_calls', perDimensions: [], steps },
    ],
  }),
  effectiveFrom,
});
const cliff: PriceStep = {
  step: 'volume',
  tiers: [
    { upTo: '15', unitPrice: '10' },
    { upTo: null, unitPrice: '5' },
  ],
};
const perUnit: PriceStep = { step: 'per-unit', unitPrice: '0.01' };

const versions = async (ports: PublishPorts, id = 'list-usd') => {
  const [history, publications] = await Promise.all([
    ports.catalog.history('price-book'),
    ports.catalog.publications(),
  ]);
  return bookVersions(history, publications, ports.clock.now())
    .map(({ about }) => about)
    .filter((about) => about.id === id);
};

describe('the life of a price book', () => {
  it('goes from draft over submitted and published to superseded', async () => {
    const { ports, clock, audit } = await setUp();
    const entries = [withPrice([perUnit])];
    const draft = await proposePublication(ports, { entries, proposer: 'ada', draft: true });
    const states = async () => (await versions(ports)).map(({ version, state, inForce }) => [version, state, inForce]);
    expect(await states()).toEqual([
      [2, 'draft', false],
      [1, 'published', true],
    ]);
    await expect(approve(ports, draft)).rejects.toThrow(/STILL_A_DRAFT/);
    const again = proposePublication(ports, { entries, proposer: 'linus' });
    await expect(again).rejects.toThrow(/DRAFT_OF_ANOTHER/);

    const { publicationId } = draft;
    const submitted = await submitDraft(ports, { publicationId, submitter: 'ada', accept: [] });
    expect(submitted).toEqual({ ...draft, status: 'proposed' });
    expect((await states())[0]).toEqual([2, 'submitted', false]);
    await approve(ports, submitted);
    expect(await states()).toEqual([
      [2, 'published', false],
      [1, 'published', true],
    ]);
    expect((await versions(ports))[1]).toMatchObject({ effectiveUntil: '2027-01-01T00:00:00.000Z' });
    clock.set('2027-01-01T00:00:00.000Z');
    expect(await states()).toEqual([
      [2, 'published', true],
      [1, 'superseded', false],
    ]);
    expect((await audit.list(2, 10)).map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      'ada publication.draft',
      'ada publication.propose',
      'grace publication.approve',
    ]);
  });

  it('shows a version that another one overtook, and one that was superseded at once', async () => {
    const { ports } = await setUp();
    const [one, two] = [withPrice([perUnit]), withPrice([{ ...perUnit, unitPrice: '0.02' }])];
    await proposePublication(ports, { entries: [one], proposer: 'ada' });
    await approve(ports, await proposePublication(ports, { entries: [two], proposer: 'ada' }));
    const mended = withPrice([{ ...perUnit, unitPrice: '0.03' }]);
    await approve(ports, await proposePublication(ports, { entries: [mended], proposer: 'ada' }));
    expect((await versions(ports)).map(({ version, state }) => [version, state])).toEqual([
      [3, 'published'],
      [2, 'superseded'],
      [2, 'overtaken'],
      [1, 'published'],
    ]);
  });

  it('is not submitted when the catalog changed under the draft', async () => {
    const { ports } = await setUp();
    const draft = await proposePublication(ports, { entries: [withPrice([perUnit])], proposer: 'ada', draft: true });
    const other = withPrice([{ ...perUnit, unitPrice: '0.02' }]);
    await approve(ports, await proposePublication(ports, { entries: [other], proposer: 'ada' }));
    const { publicationId } = draft;
    const late = submitDraft(ports, { publicationId, submitter: 'ada', accept: [] });
    await expect(late).rejects.toThrow(/CATALOG_CHANGED/);
    const none = submitDraft(ports, { publicationId: 'pub-none', submitter: 'ada', accept: [] });
    await expect(none).rejects.toThrow(/NO_SUCH_PUBLICATION/);
  });
});

describe('a stored version', () => {
  it('is the same, with the same hash, from a reviewed file and from a request that writes its fields in another order', async () => {
    const backwards = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(backwards);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, field]) => [name, backwards(field)]),
      );
    };
    const stored = async (entries: unknown) => {
      const clock = manualClock('2026-11-01T10:00:00.000Z');
      const audit = memoryAuditLog(clock);
      const ports: PublishPorts = { catalog: memoryCatalog(), audit, clock, known: KNOWN, priceOf: priceOfQuantity };
      const call = caller(catalogRoutes(ports));
      const answer = await call({ method: 'POST', path: '/v1/catalog/publications', body: { entries } });
      await approve(ports, answer.body as { publicationId: string; hash: string });
      return ports.catalog.version('price-book', 'list-usd', 1);
    };
    const fromFiles = await stored(company);
    expect(fromFiles?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await stored(backwards(company))).toEqual(fromFiles);
  });
});

describe('what the checks doubt', () => {
  const key = 'cliff:list-usd/extra:15';

  it('is refused until it is accepted by its key, with the quantities and amounts of a cliff', async () => {
    const { ports } = await setUp();
    const wish = { entries: [withPrice([cliff])], proposer: 'ada' };
    await expect(proposePublication(ports, wish)).rejects.toMatchObject({
      problem: {
        status: 409,
        code: 'WARNINGS_NOT_ACCEPTED',
        errors: [
          {
            path: '/price-book/list-usd/prices/15/steps/0/tiers/1',
            message: `16 calls cost 80.00 USD, 15 cost 150.00 USD: more usage costs less; accept "${key}" if it is meant`,
          },
        ],
      },
    });
    await expect(proposePublication(ports, { ...wish, accept: ['cliff:list-usd'] })).rejects.toThrow(/NOT_ACCEPTED/);
  });

  it('is recorded once accepted: in the publication, its hash, and the audit log', async () => {
    const { ports, audit } = await setUp();
    const wish = { entries: [withPrice([cliff])], proposer: 'ada' };
    const draft = await proposePublication(ports, { ...wish, draft: true });
    expect(draft.warnings).toMatchObject([{ key, kind: 'price-book', id: 'list-usd' }]);
    const proposal = await submitDraft(ports, { publicationId: draft.publicationId, submitter: 'ada', accept: [key] });
    expect(proposal.hash).not.toBe((await proposePublication(ports, { ...wish, accept: [key] })).publicationId);
    await approve(ports, proposal);
    expect((await ports.catalog.publication(proposal.publicationId))?.warnings).toEqual(draft.warnings);
    expect((await audit.list(2, 10)).map(({ details }) => details)).toMatchObject([
      { warnings: [key] },
      { accepted: [key] },
      { accepted: [key] },
    ]);
  });

  it.each<[string, readonly PriceStep[], readonly string[]]>([
    ['a price of zero', [{ ...perUnit, unitPrice: '0' }], ['zero-price:list-usd/extra:per-unit']],
    [
      'a free first tier, which is not doubted',
      [
        {
          step: 'graduated',
          tiers: [
            { upTo: '5', unitPrice: '0' },
            { upTo: null, unitPrice: '1' },
          ],
        },
      ],
      [],
    ],
    ['a discount of all', [perUnit, { step: 'percentage-discount', percent: '100' }], ['discount-100:list-usd/extra']],
    [
      'a stairstep that falls',
      [
        {
          step: 'stairstep',
          tiers: [
            { upTo: '10.5', price: '90' },
            { upTo: null, price: '80' },
          ],
        },
      ],
      ['cliff:list-usd/extra:10.5'],
    ],
    [
      'a capacity that costs less for more',
      [
        {
          step: 'capacity',
          tiers: [
            { limits: { api_calls: '10' }, price: '90' },
            { limits: { storage: '10' }, price: '70' },
            { limits: { storage: '20' }, price: '60' },
            { limits: null, price: '80' },
          ],
        },
      ],
      ['cliff:list-usd/extra:tier-3'],
    ],
    ['a cliff that a minimum flattens, which is none', [cliff, { step: 'minimum', amount: '150' }], []],
  ])('names %s', async (_, steps, keys) => {
    const { ports } = await setUp();
    const draft = await proposePublication(ports, { entries: [withPrice(steps)], proposer: 'ada', draft: true });
    expect((draft.warnings ?? []).map((warning) => warning.key)).toEqual(keys);
  });

  it('also looks at the own steps, the ramps and the discounts of a contract', async () => {
    const { ports } = await setUp();
    const contract = find(company, 'contract', 'contract-15') as ProposedEntry<'contract'>;
    const entry = withBody(contract, {
      items: contract.body.items.map((item) =>
        item.id === 'api-calls' ? { ...item, steps: [cliff], ramp: [{ from: '2027-01-01', steps: [cliff] }] } : item,
      ),
      discounts: [{ id: 'welcome', description: 'Welcome', percent: '100' }],
    });
    const twice = withBody(contract, { items: [...contract.body.items, { ...contract.body.items[1], id: 'again' }] });
    const draft = await proposePublication(ports, { entries: [entry], proposer: 'ada', draft: true });
    expect((draft.warnings ?? []).map((warning) => warning.key)).toEqual([
      'cliff:contract-15/api-calls:15',
      'cliff:contract-15/api-calls@2027-01-01:15',
      'discount-100:contract-15/welcome',
    ]);
    const other = await proposePublication(ports, { entries: [twice], proposer: 'ada', draft: true });
    expect(other.warnings).toMatchObject([{ key: 'charged-twice:contract-15/again', path: '/items/5/price' }]);
  });

  it('and at mappings of documents that do not say when lines become revenue', async () => {
    const { ports } = await setUp();
    const body = { ...exampleMapping('netsuite-invoice'), expression: '{"externalId": documentId}' };
    const entries = [{ kind: 'mapping', id: body.id, effectiveFrom: '2026-01-01T00:00:00.000Z', body }];
    const draft = await proposePublication(ports, { entries, proposer: 'ada', draft: true });
    expect(draft.warnings).toMatchObject([{ key: 'no-recognition:netsuite-invoice/expression', path: '/expression' }]);
  });
});

describe('the difference of two versions', () => {
  const book = (prices: PriceBook['prices'], more: Partial<PriceBook> = {}): PriceBook => ({
    ...usd.body,
    prices,
    ...more,
  });
  const price = (id: string, steps: readonly PriceStep[]) => ({
    id,
    product: 'api-calls',
    description: `Price ${id}`,
    meter: 'api_calls',
    perDimensions: [],
    steps,
  });
  const tiers = (second: string): PriceStep => ({
    step: 'graduated',
    tiers: [
      { upTo: '50000', unitPrice: '0.0020' },
      { upTo: null, unitPrice: second },
    ],
  });

  it('is told per price and part, as sentences', () => {
    const before = book([price('a', [tiers('0.0015')]), price('b', [perUnit])]);
    const after = book([price('c', [perUnit]), price('a', [{ step: 'allowance', quantity: '1000' }, tiers('0.001')])], {
      name: 'List 2027',
    });
    expect(bookChanges(before, after).map(({ sentence }) => sentence)).toEqual([
      'The book, book name: "List 2027" instead of "Larkspur price list, USD"',
      'Price c (c) is new',
      'Price c (c), price product: now "api-calls", nothing before',
      'Price c (c), price meter: now "api_calls", nothing before',
      'Price c (c), per-unit: now "0.01 USD for each unit", nothing before',
      'Price a (a), allowance: now "1,000 included", nothing before',
      'Price a (a), graduated tier 2: "above 50,000: 0.001 USD each" instead of "above 50,000: 0.0015 USD each"',
      'Price b (b) is gone',
      'Price b (b), price product: no longer "api-calls"',
      'Price b (b), price meter: no longer "api_calls"',
      'Price b (b), per-unit: no longer "0.01 USD for each unit"',
    ]);
  });

  it('is none for the same prices in another order or another spelling of a number', () => {
    const [one, two] = [price('a', [perUnit]), price('b', [perUnit])];
    expect(bookChanges(book([one, two]), book([two, one]))).toEqual([]);
    expect(bookChanges(book([one]), book([price('a', [{ ...perUnit, unitPrice: '0.010' }])]))).toEqual([]);
  });
});
