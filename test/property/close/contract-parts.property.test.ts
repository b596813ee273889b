import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CatalogEntry, Contract } from '../../../lambdas/catalog/types.ts';
import { contractsIn } from '../../../lambdas/close/contracts-in.ts';
import { monthOfEnd } from '../../../lambdas/platform/billing-calendar.ts';
import { addDays, startOfDay } from '../../../lambdas/platform/period.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { contract } from '../../unit/close/close-catalog.ts';

const ZONES = ['Pacific/Kiritimati', 'Etc/GMT+12', 'America/New_York', 'Europe/Berlin', 'Etc/UTC'];
const KNOWN = '2030-01-01T00:00:00.000Z';

const calendar = fc.record({
  anchorDay: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 28, max: 31 })),
  cadence: fc.constantFrom('monthly' as const, 'quarterly' as const, 'annual' as const),
});
/** A contract from a day of 2024 on, with up to three amendments: of prices, or of the calendar too. */
const agreed = fc.record({
  zone: fc.constantFrom(...ZONES),
  startDay: fc.integer({ min: 0, max: 200 }),
  lasts: fc.option(fc.integer({ min: 1, max: 700 }), { nil: undefined }),
  first: calendar,
  amendments: fc.array(
    fc.record({ day: fc.integer({ min: 0, max: 700 }), calendar: fc.option(calendar, { nil: undefined }) }),
    { maxLength: 3 },
  ),
});

const DAY_ONE = '2024-01-01';

const versionsOf = ({
  zone,
  startDay,
  lasts,
  first,
  amendments,
}: typeof agreed extends fc.Arbitrary<infer T> ? T : never) => {
  const start = addDays(DAY_ONE, startDay);
  const end = lasts === undefined ? {} : { end: addDays(start, lasts) };
  const entry = contract('a1', { zone, start, ...end, ...first });
  const base = { ...entry, effectiveFrom: '2023-06-01T00:00:00.000Z' } as CatalogEntry<Contract>;
  let body = base.body;
  const later = [...amendments]
    .sort((a, b) => a.day - b.day)
    .map((amendment, n): CatalogEntry<Contract> => {
      body = { ...body, ...amendment.calendar, policy: n % 2 === 0 ? 'itemised' : 'standard' };
      const effectiveFrom = startOfDay(addDays(DAY_ONE, amendment.day), zone);
      return { ...base, version: n + 2, effectiveFrom, body };
    });
  return { versions: [base, ...later], start, end: end.end };
};

/** What closing every month from the start of 2024 on rates, in the order of time. */
const closedParts = async (versions: readonly CatalogEntry[], months: number) => {
  const parts: { readonly start: string; readonly end: string }[] = [];
  let dates = monthOfEnd('2024-02-01');
  for (let n = 0; n < months; n += 1) {
    const found = await contractsIn(memoryCatalog([...versions]), dates, KNOWN);
    parts.push(...found.filter(({ ahead }) => ahead === undefined).map(({ covered }) => covered));
    dates = monthOfEnd(addDays(dates.end, 1));
  }
  return parts.sort((a, b) => (a.start < b.start ? -1 : 1));
};

describe('the parts of a contract that closes rate', () => {
  it('tile its time: every day once, however it is amended, whatever its calendar', async () => {
    await fc.assert(
      fc.asyncProperty(agreed, async (spec) => {
        const { versions, start, end } = versionsOf(spec);
        // Four years: the last annual period that began in the second has ended by then.
        const parts = await closedParts(versions, 48);
        let reached = start;
        for (const part of parts) {
          expect(part.start).toBe(reached);
          expect(part.end > part.start).toBe(true);
          reached = part.end;
        }
        if (end === undefined) expect(reached >= '2026-12-31').toBe(true);
        else expect(reached).toBe(end);
      }),
      { numRuns: 60 },
    );
  });
});
