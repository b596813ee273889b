import { amount, currency, id, localDate, positive } from './common-shapes.ts';
import { priceSteps } from './price-shapes.ts';
import { list, object, oneOf, type Shape, text, whole } from './shape.ts';

const item = object(
  { id, price: id },
  { steps: priceSteps, quantity: positive, ramp: list(object({ from: localDate, steps: priceSteps }), 1) },
);

const group = object({ id, description: text(), items: list(id, 1) }, { minimum: positive, maximum: positive });

const discount = object(
  { id, description: text() },
  { percent: positive, amount: positive, items: list(id, 1), from: localDate, until: localDate },
);

const credit = object(
  {
    id,
    description: text(),
    kind: oneOf('promotional', 'prepaid'),
    amount: positive,
    priority: whole(0, 1_000_000),
    from: localDate,
  },
  {
    expires: localDate,
    items: list(id, 1),
    erp: object({ depositId: text({ pattern: /^[A-Za-z0-9_-]+$/, like: '4711' }) }),
  },
);

const entitlement = object(
  { feature: id, description: text() },
  { meter: id, limit: amount, enforcement: oneOf('soft', 'hard'), thresholds: list(whole(1, 1000), 1) },
);

/** The shape of a contract. */
export const contract: Shape = object(
  {
    id,
    account: id,
    payer: id,
    entity: id,
    currency,
    zone: text(),
    start: localDate,
    anchorDay: whole(1, 31),
    cadence: oneOf('monthly', 'quarterly', 'annual'),
    priceBook: id,
    items: list(item, 1),
    policy: id,
  },
  {
    covers: list(id, 1),
    end: localDate,
    trialUntil: localDate,
    fxDate: oneOf('period-start', 'period-end'),
    groups: list(group, 1),
    minimumCommitment: object(
      { amount: positive, description: text() },
      { over: oneOf('period', 'contract-year'), overageFactor: positive },
    ),
    maximum: object({ amount: positive, description: text() }),
    discounts: list(discount, 1),
    credits: list(credit, 1),
    entitlements: list(entitlement, 1),
  },
);

/** The shape of a rate of exchange. */
export const fxRate: Shape = object({ id, from: currency, to: currency, rate: positive, source: text() });
