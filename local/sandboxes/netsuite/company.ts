/** What the sandboxed NetSuite account is set up with. Ids are NetSuite's internal ids. */
export type Company = {
  readonly subsidiaries: readonly { readonly id: string; readonly name: string }[];
  readonly customers: readonly {
    readonly id: string;
    readonly name: string;
    readonly subsidiaryId: string;
    readonly currencies: readonly string[];
  }[];
  readonly items: readonly { readonly id: string; readonly name: string }[];
  /** What customers paid in advance. */
  readonly deposits: readonly {
    readonly id: string;
    readonly customerId: string;
    readonly currency: string;
    readonly amount: string;
  }[];
  /** Templates of revenue recognition. */
  readonly revRecTemplates: readonly { readonly id: string; readonly name: string }[];
};

/** A posting period of the account, a month as a rule. Dates are inclusive, as NetSuite shows them. */
export type AccountingPeriod = {
  readonly id: string;
  readonly name: string;
  readonly startDate: string;
  readonly endDate: string;
  readonly closed: boolean;
  readonly arLocked: boolean;
  readonly allLocked: boolean;
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Open posting periods for the months from `first` to `last` (`YYYY-MM`), both included. */
export const monthlyPeriods = (first: string, last: string): AccountingPeriod[] => {
  const index = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
  const periods: AccountingPeriod[] = [];
  for (let n = index(first); n <= index(last); n += 1) {
    const [year, month] = [Math.floor(n / 12), n % 12];
    const text = `${year}-${String(month + 1).padStart(2, '0')}`;
    const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
    periods.push({
      id: String(100 + periods.length),
      name: `${MONTHS[month]} ${year}`,
      startDate: `${text}-01`,
      endDate: `${text}-${String(lastDay).padStart(2, '0')}`,
      closed: false,
      arLocked: false,
      allLocked: false,
    });
  }
  return periods;
};
