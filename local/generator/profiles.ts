import type { CatalogFile } from '../../ops/catalog-files.ts';

/** How an account's use moves over the month. */
export type Shape = 'steady' | 'drop' | 'onboarding' | 'outgrowing';

/** What the generator must know of an account to make its usage. */
export type Profile = {
  readonly account: string;
  readonly subjects: readonly string[];
  readonly zone: string;
  /** First and last-plus-one local day with usage in the month. */
  readonly start: string;
  readonly end: string;
  /** Share of all events, relative to the others'. */
  readonly weight: number;
  readonly shape: Shape;
  readonly users: number;
  readonly seats: number;
  /** Local day of the month on which the number of seats changes, and to what; absent = no change. */
  readonly seatChange?: { readonly day: number; readonly seats: number };
  /** Storage at the month's start, in hundredths of a GB. */
  readonly storage: number;
};

const SHAPES: Readonly<Record<string, Shape>> = {
  'acct-05': 'drop',
  'acct-09': 'onboarding',
  'acct-11': 'outgrowing',
};

/** Accounts ordered by size: the first has the most events. The tail follows a power law, as real customers do. */
const BY_SIZE = [
  'acct-01',
  'acct-05',
  'acct-12',
  'acct-03',
  'acct-20',
  'acct-11',
  'acct-15',
  'acct-18',
  'acct-02',
  'acct-09',
  'acct-07',
  'acct-21',
  'acct-04',
  'acct-10',
  'acct-06',
  'acct-22',
  'acct-13',
  'acct-08',
  'acct-14',
  'acct-23',
  'acct-16',
  'acct-17',
  'acct-19',
  'acct-24',
];

const text = (file: CatalogFile, field: string): string => {
  const value = file.body[field];
  if (typeof value !== 'string') throw new Error(`catalog ${file.kind} ${file.id}: ${field} must be text`);
  return value;
};

/** The profiles of a month (`first` to `end`, local dates), read from the catalog's contracts and attributions. */
export const profilesOf = (catalog: readonly CatalogFile[], first: string, end: string): Profile[] => {
  const attributions = catalog.filter((file) => file.kind === 'attribution');
  return catalog
    .filter((file) => file.kind === 'contract')
    .map((contract) => {
      const account = text(contract, 'account');
      const rank = BY_SIZE.indexOf(account) + 1 || BY_SIZE.length;
      const contractStart = text(contract, 'start');
      const number = Number(account.slice(-2));
      const seats = 5 + Math.round(400 / rank);
      return {
        account,
        subjects: attributions
          .filter((file) => text(file, 'account') === account)
          .map((file) => text(file, 'subject'))
          .sort(),
        zone: text(contract, 'zone'),
        start: contractStart > first ? contractStart : first,
        end,
        weight: 1 / rank ** 0.85,
        shape: SHAPES[account] ?? 'steady',
        users: 4 + Math.round(220 / rank),
        seats,
        ...(number % 3 === 1 ? { seatChange: { day: 14 + (number % 7), seats: seats + 2 + (number % 5) } } : {}),
        storage: Math.round((400_000 / rank) * (1 + (number % 4) / 3)),
      };
    })
    .sort((a, b) => (a.account < b.account ? -1 : 1));
};
