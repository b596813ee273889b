import { amount, id, positive } from './common-shapes.ts';
import { contract, fxRate } from './contract-shapes.ts';
import { priceBook } from './price-shapes.ts';
import { list, object, oneOf, record, type Shape, text, whole } from './shape.ts';
import type { CatalogKind } from './types.ts';

const pointer = text({ pattern: /^(\/[^/]+)+$/, like: '/gb' });

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
  'price-book': priceBook,
  contract,
  'fx-rate': fxRate,
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
    below: positive,
    minimumBaseline: amount,
    priority: oneOf('High', 'Medium', 'Low'),
  }),
  limit: object({ id, plan: id, meter: id, quantity: positive, thresholds: list(whole(1, 1000), 1) }),
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
