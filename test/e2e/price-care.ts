import { expect } from 'vitest';
import type { People } from '../../local/demo/people.ts';
import type { System } from '../../local/system.ts';
import { exactSum } from '../../ops/exact-sum.ts';
import { type Job, waitForJob } from '../../ops/jobs.ts';

/** What trying prices and asking for entitlements needs of the running system. */
export type PriceCare = { readonly people: People; readonly system: System };

const ACCOUNT = 'acct-01';
const CONTRACT = 'contract-01';
/** The fee that the contract of the account pays each month, undiscounted. */
const FEE = 'enterprise-platform';
const FEATURE = 'api-calls';

type Price = { readonly id: string; readonly steps: readonly { readonly step: string; readonly amount?: string }[] };
type Book = { readonly id: string; readonly prices: readonly Price[] };
type Entry = { readonly id: string; readonly body: Book };
type Sum = { readonly currency: string; readonly before: string; readonly after: string; readonly difference: string };
type Report = {
  readonly totals: readonly Sum[];
  readonly losers: readonly (Sum & { readonly account: string })[];
  readonly counts: { readonly winners: number; readonly losers: number; readonly same: number };
};
type Period = { readonly contract: string; readonly running?: true; readonly before: string; readonly after: string };

/** The book with the fee 100.00 higher. */
const dearer = (book: Book): Book => ({
  ...book,
  prices: book.prices.map((price) => ({
    ...price,
    steps: price.steps.map((step) =>
      price.id === FEE && step.step === 'recurring-fee' && step.amount !== undefined
        ? { ...step, amount: exactSum([step.amount, '100.00']) }
        : step,
    ),
  })),
});

/**
 * Tries a book whose fee is 100.00 higher on the month that is closed: by hand, the account pays 100.00 more for it,
 * nothing else of it changes, and what it paid before is what was billed.
 */
export const previewDearerFee = async ({ people }: PriceCare): Promise<void> => {
  const { preparer } = people;
  const { items } = await preparer.get<{ items: Entry[] }>('/catalog/price-book');
  const book = items.find(({ id }) => id === 'list-usd')?.body;
  if (book === undefined) throw new Error('there is no price book list-usd');
  const body = { book: { body: dearer(book) }, months: 1, accounts: [ACCOUNT] };
  const job = await preparer.post<Job>('/price-previews', body);
  await waitForJob(preparer, job);
  const { report } = await preparer.get<{ report: Report }>(`/price-previews/${job.jobId}`);
  const [total] = report.totals;
  expect(report.totals).toHaveLength(1);
  expect(total).toMatchObject({ currency: 'USD', difference: '100.00' });
  expect(exactSum([total?.after ?? '0', '-100.00'])).toBe(exactSum([total?.before ?? '0']));
  expect(report.counts).toMatchObject({ winners: 0, losers: 1, same: 0 });
  expect(report.losers).toMatchObject([{ account: ACCOUNT, difference: '100.00' }]);

  const page = await preparer.get<{ items: { periods: Period[] }[] }>(`/price-previews/${job.jobId}/accounts`);
  const over =
    page.items[0]?.periods.filter(({ contract, running }) => contract === CONTRACT && running !== true) ?? [];
  expect(exactSum(over.map(({ before }) => before))).toBe(exactSum([total?.before ?? '0']));

  // The same inputs give the same bytes.
  const again = await preparer.post<Job>('/price-previews', body);
  await waitForJob(preparer, again);
  expect((await preparer.get<{ report: Report }>(`/price-previews/${again.jobId}`)).report).toEqual(report);
};

/** Asks what the account may use: as a person, by a key that may ask, and by one that may only send. */
export const askEntitlement = async ({ people, system }: PriceCare): Promise<void> => {
  const { operator, success } = people;
  const issue = (body: unknown): Promise<{ secret: string }> => operator.post('/api-keys', body);
  const asking = await issue({ name: 'Gate', entitlements: true });
  const sending = await issue({ name: 'Sender', sources: ['//larkspur.example/care'] });
  const byKey = (secret: string): Promise<Response> =>
    fetch(`${system.apiBase}/entitlements/${ACCOUNT}/${FEATURE}`, { headers: { 'x-api-key': secret } });

  type Answer = Readonly<Record<string, unknown>> & {
    readonly used: string;
    readonly limit: string;
    readonly left: string;
  };
  const person = await success.get<Answer>(`/accounts/${ACCOUNT}/entitlements/${FEATURE}`);
  expect(person).toMatchObject({
    account: ACCOUNT,
    feature: FEATURE,
    contract: CONTRACT,
    allowed: true,
    enforcement: 'soft',
  });
  expect(exactSum([person.used, person.left])).toBe(person.limit);
  type Usage = { usage: { meter: string; quantity: string }[] };
  const { usage } = await success.get<Usage>(`/accounts/${ACCOUNT}/usage`, { meter: 'api_calls' });
  expect(exactSum(usage.map(({ quantity }) => quantity))).toBe(person.used);

  const answer = await byKey(asking.secret);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ account: ACCOUNT, feature: FEATURE, allowed: true, used: person.used });
  expect((await byKey(sending.secret)).status).toBe(403);
  const all = await success.get<{ items: { feature: string }[] }>(`/accounts/${ACCOUNT}/entitlements`);
  expect(all.items.map(({ feature }) => feature)).toEqual(['sso', 'api-calls', 'ai-summaries']);
};
