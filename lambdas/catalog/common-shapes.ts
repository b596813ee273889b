import { also, decimal, type Flaw, type Shape, text } from './shape.ts';

/** An id of the catalog. */
export const id: Shape = text({ pattern: /^[a-z0-9][a-z0-9_-]*$/, like: 'api-calls: small letters, digits, - and _' });

const isReal = (date: string): boolean => {
  const at = Date.parse(`${date}T00:00:00.000Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
};

/** A date that there is, local to some zone. */
export const localDate: Shape = also<string>(
  text({ pattern: /^[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, like: '2026-01-31' }),
  (date, path): readonly Flaw[] => (isReal(date) ? [] : [{ path, message: `there is no day ${date}: name another` }]),
);

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** An ISO 4217 code of a currency that there is. */
export const currency: Shape = also<string>(text({ pattern: /^[A-Z]{3}$/, like: 'USD' }), (code, path) =>
  CURRENCIES.has(code) ? [] : [{ path, message: `there is no currency ${code}: use its ISO 4217 code` }],
);

/** An amount, price or quantity of 0 or more. */
export const amount: Shape = decimal('not negative');

/** One that must be above 0. */
export const positive: Shape = decimal('positive');
