import { decimal, list, object, oneOf, orNull, record, type Shape, tagged, text, whole } from './shape.ts';
import type { CatalogKind, PriceStep } from './types.ts';

const id = text({ pattern: /^[a-z0-9][a-z0-9_-]*$/, like: 'api-calls: small letters, digits, - and _' });
const localDate = text({ pattern: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, like: '2026-01-31' });
const pointer = text({ pattern: /^(\/[^/]+)+$/, like: '/gb' });
const currency = text({ pattern: /^[A-Z]{3}$/, like: 'USD' });
const amount = decimal('not negative');

/** The shape of each price step, by its name. */
const steps: Readonly<Record<PriceStep['step'], Shape>> = {
  'unit-conversion': object({ step: text(), multiplyBy: decimal('positive'), unit: text() }),
  allowance: object({ step: text(), quantity: amount }),
  'per-unit': object({ step: text(), unitPrice: amount }),
  graduated: object({
    step: text(),
    tiers: list(object({ upTo: orNull(decimal('positive')), unitPrice: amount }), 1),
  }),
  package: object({ step: text(), size: decimal('positive'), price: amount, rounding: oneOf('up', 'down') }),
  seats: object({ step: text(), unitPrice: amount, proration: oneOf('day') }),
  'recurring-fee': object({ step: text(), amount, proration: oneOf('day', 'none') }),
  'percentage-discount': object({ step: text(), percent: decimal('positive') }),
  minimum: object({ step: text(), amount }),
};
const priceSteps = list(tagged('step', steps), 1);

const AGGREGATIONS = ['COUNT', 'SUM', 'MIN', 'MAX', 'AVG', 'LATEST', 'UNIQUE_COUNT', 'TIME_WEIGHTED'] as const;

/** The shape of the body of each kind of entry. */
export const ENTRY_SHAPES: Readonly<Record<CatalogKind, Shape>> = {
  meter: object(
    {
      id,
      name: text(),
      eventType: text(),
      aggregation: oneOf(...AGGREGATIONS),
      dimensions: list(object({ name: id, path: pointer })),
      filters: list(object({ path: pointer, oneOf: list(text(), 1) })),
      unit: text(),
    },
    { valuePath: pointer },
  ),
  'price-book': object({
    id,
    name: text(),
    currency,
    prices: list(
      object({ id, product: id, description: text(), perDimensions: list(id), steps: priceSteps }, { meter: id }),
      1,
    ),
  }),
  contract: object(
    {
      id,
      account: id,
      payer: id,
      entity: id,
      currency,
      zone: text(),
      start: localDate,
      anchorDay: whole(1, 31),
      cadence: oneOf('monthly'),
      priceBook: id,
      items: list(object({ id, price: id }, { steps: priceSteps }), 1),
      policy: id,
    },
    { end: localDate, minimumCommitment: object({ amount: decimal('positive'), description: text() }) },
  ),
  account: object(
    { id, name: text(), salesRegion: oneOf('us', 'eu', 'ap'), entity: id, plan: id },
    {
      parent: id,
      erp: object({ customerId: text() }),
      success: object({
        companyId: text(),
        ownerEmail: text({ pattern: /^[^@\s]+@[^@\s]+$/, like: 'name@company.example' }),
      }),
    },
  ),
  attribution: object({ subject: text({ pattern: /^[^#\s]+$/, like: 'org-01' }), account: id }),
  entity: object({
    id,
    name: text(),
    country: text({ pattern: /^[A-Z]{2}$/, like: 'US' }),
    erp: object({ adapter: oneOf('netsuite'), subsidiaryId: text() }),
  }),
  mapping: object({
    id,
    adapter: id,
    kind: id,
    expression: text(),
    tables: record(record(text())),
  }),
  'signal-rule': object({
    id,
    name: text(),
    signal: oneOf('usage-drop'),
    meter: id,
    baselineWeeks: whole(1, 26),
    days: whole(1, 60),
    below: decimal('positive'),
    minimumBaseline: amount,
    priority: oneOf('High', 'Medium', 'Low'),
  }),
  limit: object({ id, plan: id, meter: id, quantity: decimal('positive'), thresholds: list(whole(1, 1000), 1) }),
};

/** The shape of one entry as proposed, without its body. */
export const PROPOSED_ENTRY: Shape = object({
  kind: oneOf(...Object.keys(ENTRY_SHAPES)),
  id: text({ pattern: /^[^#\s]+$/, like: 'acct-01, without # and spaces' }),
  effectiveFrom: text({
    pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
    like: '2026-01-01T00:00:00.000Z (UTC, milliseconds)',
  }),
  body: (value, path) => record(() => [])(value, path),
});
