import { existsSync, readFileSync } from 'node:fs';
import type {
  AccountPreview,
  AccountSum,
  PreviewReport,
  PreviewResult,
  PreviewSum,
} from '../../lambdas/preview/types.ts';
import { type ApiClient, allItems } from '../api-client.ts';
import { type Job, waitForJob } from '../jobs.ts';
import { exportPreview } from '../preview-export.ts';
import { grouped, say, table, wholeNumber } from '../print.ts';
import type { Shower } from '../shower.ts';

/** As the command line has them: texts. */
export type PreviewOptions = {
  readonly book?: string;
  readonly replaces?: string;
  readonly contract?: string;
  readonly months: string;
  readonly account?: readonly string[];
  readonly risk?: string;
  readonly near?: string;
  readonly export?: readonly string[];
};

const SHOWN = 20;

const readBody = (file: string): unknown => {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  // A file of the catalog has its entry around the body.
  return typeof value === 'object' && value !== null && 'body' in value ? value.body : value;
};

/**
 * What is meant by `FILE`, `ID`, `ID@3`, `ID@pub-…` or `pub-…`: a body, a version, or what waits in a publication.
 * @throws {Error} for a file that is not there.
 */
export const wantedOf = (option: string, text: string): Readonly<Record<string, unknown>> => {
  if (existsSync(text)) return { body: readBody(text) };
  if (text.includes('/') || text.endsWith('.json')) throw new Error(`${option}: there is no file ${text}`);
  if (text.startsWith('pub-')) return { publication: text };
  const [id, version] = text.split('@');
  if (version === undefined) return { id };
  return version.startsWith('pub-') ? { id, publication: version } : { id, version: wholeNumber(option, version) };
};

const money = (amount: string): string => grouped(amount);
const percentOf = ({ percent }: PreviewSum): string => (percent === undefined ? 'new' : `${percent} %`);

const sums = (rows: readonly PreviewSum[]): string =>
  table(
    ['currency', 'before', 'after', 'difference', 'change'],
    rows.map((row) => [row.currency, money(row.before), money(row.after), money(row.difference), percentOf(row)]),
  );

const people = (title: string, count: number, rows: readonly AccountSum[]): void => {
  if (count === 0) return;
  say(`\n${title}: ${count}${count > SHOWN ? `, the first ${SHOWN}` : ''}`);
  say(
    table(
      ['account', 'name', 'currency', 'before', 'after', 'difference', 'change'],
      rows
        .slice(0, SHOWN)
        .map((row) => [
          row.account,
          row.name,
          row.currency,
          money(row.before),
          money(row.after),
          money(row.difference),
          percentOf(row),
        ]),
    ),
  );
};

/** A report as people read it. */
export const showReport = (report: PreviewReport): void => {
  const { counts, atRisk, dates, running } = report;
  say(`${report.of}: ${report.accounts} accounts`);
  if (report.totals.length > 0)
    say(`\nPeriods that ended from ${dates.start} to before ${dates.end}\n${sums(report.totals)}`);
  if (report.runningTotals.length > 0) {
    say(
      `\nRunning until ${running.end}, usage so far, without minimums and commitments\n${sums(report.runningTotals)}`,
    );
  }
  people('Pay more', counts.losers, report.losers);
  people('Pay less', counts.winners, report.winners);
  say(`\nThe same: ${counts.same}`);
  const paid = atRisk.amounts.map(({ currency, amount }) => `${money(amount)} ${currency}`).join(', ');
  say(
    `At risk (up by more than ${atRisk.percent} %): ${atRisk.accounts} accounts${paid === '' ? '' : `, who paid ${paid}`}`,
  );
  if (report.cliffs.length > 0) {
    say(`\nNear an edge of a volume price: ${counts.cliffs}`);
    say(
      table(
        ['account', 'contract', 'item', 'period', 'quantity', 'edge', 'at the edge', 'one more', 'jump'],
        report.cliffs
          .slice(0, SHOWN)
          .map((each) => [
            each.account,
            each.contract,
            each.item,
            each.start,
            grouped(each.quantity),
            grouped(each.edge),
            money(each.atEdge),
            money(each.beyond),
            money(each.jump),
          ]),
      ),
    );
  }
  if (report.problems.length > 0) {
    say(`\nCannot be rated, and in no sum: ${counts.problems}`);
    say(
      table(
        ['account', 'contract', 'period', 'why'],
        report.problems
          .slice(0, SHOWN)
          .map(({ account, contract, start, message }) => [account, contract, start, message]),
      ),
    );
  }
};

/** Asks for a preview, waits for it, shows its report, and writes files where asked to. Nothing that is billed changes. */
export const previewPrices = async (api: ApiClient, options: PreviewOptions, show?: Shower): Promise<void> => {
  const { book, replaces, contract, account } = options;
  if (book === undefined && contract === undefined) throw new Error('say what is changed: --book, --contract, or both');
  const number = (option: string, text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    return text === '0' ? 0 : wholeNumber(option, text);
  };
  const job = await api.post<Job<PreviewResult>>('/price-previews', {
    ...(book === undefined
      ? {}
      : { book: { ...wantedOf('--book', book), ...(replaces === undefined ? {} : { replaces }) } }),
    ...(contract === undefined ? {} : { contract: wantedOf('--contract', contract) }),
    months: number('--months', options.months),
    ...(account === undefined ? {} : { accounts: account }),
    riskPercent: number('--risk', options.risk),
    nearPercent: number('--near', options.near),
  });
  await waitForJob(api, job, show);
  const { report } = await api.get<{ report: PreviewReport }>(`/price-previews/${job.jobId}`);
  showReport(report);
  if (options.export === undefined) return;
  const accounts = await allItems<AccountPreview>(api, `/price-previews/${job.jobId}/accounts`);
  for (const file of options.export) {
    await exportPreview(file, accounts);
    say(`\nWritten: ${file}`);
  }
};
