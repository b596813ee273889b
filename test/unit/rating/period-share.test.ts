import { describe, expect, it } from 'vitest';
import type { Period } from '../../../lambdas/platform/period.ts';
import { coveredPart, firstChargedDay, nextPeriod } from '../../../lambdas/rating/period-part.ts';
import { shareOfPeriod } from '../../../lambdas/rating/period-share.ts';
import type { RatingPolicy } from '../../../lambdas/rating/types.ts';

const days = (start: string, end: string, zone = 'UTC'): Period => ({ start, end, zone });
const said = (part: Period, period: Period, unit: RatingPolicy['prorationUnit'], anchorDay = 1): string => {
  const { part: n, whole, words } = shareOfPeriod(part, period, unit, anchorDay);
  return `${n}/${whole}: ${words}`;
};

describe('the share of a period', () => {
  it('by day is local days over local days', () => {
    expect(said(days('2026-10-12', '2026-11-01'), days('2026-10-01', '2026-11-01'), 'day')).toBe(
      '20/31: 20 of 31 days',
    );
    expect(said(days('2026-01-08', '2026-02-01'), days('2026-01-01', '2026-02-01'), 'day-inclusive')).toBe(
      '24/31: 24 of 31 days',
    );
  });

  it('knows the leap day', () => {
    expect(said(days('2028-02-10', '2028-03-01'), days('2028-02-01', '2028-03-01'), 'day')).toBe(
      '20/29: 20 of 29 days',
    );
    expect(said(days('2028-02-29', '2028-03-01'), days('2028-02-01', '2028-03-01'), 'calendar-month')).toBe(
      '1/29: 1 of 29 days',
    );
  });

  it('by second has an hour less in spring and one more in autumn', () => {
    const march = days('2026-03-01', '2026-04-01', 'Europe/Berlin');
    expect(said(days('2026-03-29', '2026-03-30', 'Europe/Berlin'), march, 'second')).toBe(
      '23/743: 82,800 of 2,674,800 seconds',
    );
    const october = days('2026-10-01', '2026-11-01', 'Europe/Berlin');
    expect(said(days('2026-10-25', '2026-10-26', 'Europe/Berlin'), october, 'second')).toBe(
      '5/149: 90,000 of 2,682,000 seconds',
    );
  });

  it('by second counts the same days at UTC+14 and UTC-12', () => {
    for (const zone of ['Pacific/Kiritimati', 'Etc/GMT+12', 'Asia/Kolkata']) {
      expect(said(days('2026-10-12', '2026-11-01', zone), days('2026-10-01', '2026-11-01', zone), 'second')).toBe(
        '20/31: 1,728,000 of 2,678,400 seconds',
      );
    }
  });

  it('by second to 23:59:59 is one second short at the end, as published: 1,727,999 of 2,591,999', () => {
    const april = days('2026-04-01', '2026-05-01');
    expect(shareOfPeriod(days('2026-04-11', '2026-05-01'), april, 'second-inclusive', 1).words).toBe(
      '1,727,999 of 2,591,999 seconds',
    );
    expect(shareOfPeriod(days('2026-04-01', '2026-04-11'), april, 'second-inclusive', 1).words).toBe(
      '864,000 of 2,591,999 seconds',
    );
    expect(shareOfPeriod(april, april, 'second-inclusive', 1)).toMatchObject({ part: 1n, whole: 1n });
  });

  it('by calendar month counts whole months as one, however long', () => {
    const quarter = days('2026-01-13', '2026-04-13');
    expect(said(days('2011-02-01', '2011-02-13'), days('2011-01-13', '2011-02-13'), 'calendar-month', 13)).toBe(
      '12/31: 12 of 31 days',
    );
    expect(said(days('2026-02-01', '2026-04-13'), quarter, 'calendar-month', 13)).toBe('74/93: 2 12/31 of 3 months');
    expect(said(days('2026-02-13', '2026-03-13'), quarter, 'calendar-month', 13)).toBe('1/3: 1 of 3 months');
    expect(said(days('2026-02-20', '2026-02-21'), quarter, 'calendar-month', 13)).toBe('1/84: 1/28 of 3 months');
  });

  it('by calendar month follows an anchor at the end of the month', () => {
    const quarter = days('2027-01-31', '2027-04-30');
    expect(said(days('2027-02-28', '2027-03-31'), quarter, 'calendar-month', 31)).toBe('1/3: 1 of 3 months');
    // A period that does not begin on the anchor is counted from its own first day.
    expect(said(days('2027-01-15', '2027-02-15'), days('2027-01-15', '2027-03-15'), 'calendar-month', 1)).toBe(
      '1/2: 1 of 2 months',
    );
    // The second month reaches beyond the end of the period: it counts by the days of it that are in the period.
    const broken = days('2026-01-15', '2026-03-01');
    expect(said(days('2026-02-15', '2026-03-01'), broken, 'calendar-month')).toBe('1/3: 1/2 of 1 1/2 months');
    expect(said(days('2026-01-15', '2026-02-15'), broken, 'calendar-month')).toBe('2/3: 1 of 1 1/2 months');
  });
});

describe('the part that is charged', () => {
  const october = days('2026-10-01', '2026-11-01');
  it('begins when the trial is over', () => {
    const contract = { start: '2026-09-20', trialUntil: '2026-10-12' };
    expect(firstChargedDay(contract)).toBe('2026-10-12');
    expect(coveredPart(contract, october)).toEqual(days('2026-10-12', '2026-11-01'));
    expect(coveredPart({ ...contract, trialUntil: '2026-11-01' }, october)).toBeUndefined();
    expect(firstChargedDay({ start: '2026-09-20', trialUntil: '2026-09-01' })).toBe('2026-09-20');
  });

  it('is the part in which a version of the contract holds', () => {
    const contract = { start: '2026-10-05', end: '2026-10-28' };
    expect(coveredPart(contract, october, days('2026-10-01', '2026-10-15'))).toEqual(days('2026-10-05', '2026-10-15'));
    expect(coveredPart(contract, october, days('2026-10-15', '2026-11-01'))).toEqual(days('2026-10-15', '2026-10-28'));
    expect(coveredPart(contract, october, days('2026-10-28', '2026-11-01'))).toBeUndefined();
  });
});

describe('the period that follows', () => {
  it('ends on the anchor day, or on the last day of a shorter month', () => {
    const monthly = { cadence: 'monthly', anchorDay: 31 } as const;
    expect(nextPeriod(monthly, days('2026-12-31', '2027-01-31'))).toEqual(days('2027-01-31', '2027-02-28'));
    expect(nextPeriod(monthly, days('2027-01-31', '2027-02-28'))).toEqual(days('2027-02-28', '2027-03-31'));
    expect(nextPeriod({ cadence: 'quarterly', anchorDay: 1 }, days('2026-10-01', '2027-01-01'))).toEqual(
      days('2027-01-01', '2027-04-01'),
    );
    expect(nextPeriod({ cadence: 'annual', anchorDay: 29 }, days('2027-02-28', '2028-02-29'))).toEqual(
      days('2028-02-29', '2029-02-28'),
    );
  });
});

describe('the README', () => {
  it('measures 12 to 31 October in Berlin as it says', () => {
    const october = days('2026-10-01', '2026-11-01', 'Europe/Berlin');
    const part = days('2026-10-12', '2026-11-01', 'Europe/Berlin');
    const words = (['day', 'day-inclusive', 'second', 'second-inclusive', 'calendar-month'] as const).map(
      (unit) => shareOfPeriod(part, october, unit, 1).words,
    );
    expect(words).toEqual([
      '20 of 31 days',
      '20 of 31 days',
      '1,731,600 of 2,682,000 seconds',
      '1,731,599 of 2,681,999 seconds',
      '20 of 31 days',
    ]);
  });
});
