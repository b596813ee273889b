import type { BookedDocument, Books } from './books.ts';
import type { AccountingPeriod } from './company.ts';
import { Refusal } from './errors.ts';

/** SuiteQL for the two questions that billing asks. Anything else is refused, so that nobody relies on a guess. */

type Row = Readonly<Record<string, string>>;

const invalid = (detail: string): Refusal =>
  new Refusal(400, 'INVALID_PARAMETER', `Invalid search query. Detailed unprocessed description follows. ${detail}`);

/** Dates come in the format that the account's owner prefers, which is the trap that TO_CHAR avoids. */
const accountDate = (date: string): string => {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${Number(month)}/${Number(day)}/${year}`;
};

const TRANSACTION: Readonly<Record<string, (document: BookedDocument) => [string, string]>> = {
  id: (d) => ['id', d.id],
  externalid: (d) => ['externalid', d.externalId ?? ''],
  tranid: (d) => ['tranid', d.tranId],
  type: (d) => ['type', { invoice: 'CustInvc', creditMemo: 'CustCred', depositApplication: 'DepAppl' }[d.record]],
  trandate: (d) => ['trandate', accountDate(d.tranDate)],
  "to_char(trandate, 'yyyy-mm-dd') as trandate": (d) => ['trandate', d.tranDate],
  entity: (d) => ['entity', d.entity.id],
  'builtin.df(currency) as currency': (d) => ['currency', d.currency],
  // What lowers receivables is negative here, though the record itself shows it positive.
  foreigntotal: (d) => ['foreigntotal', d.record === 'invoice' || /^0(\.0*)?$/.test(d.total) ? d.total : `-${d.total}`],
  taxtotal: () => ['taxtotal', '0'],
  voided: (d) => ['voided', d.voided ? 'T' : 'F'],
};

const flag = (value: boolean): string => (value ? 'T' : 'F');
const PERIOD: Readonly<Record<string, (period: AccountingPeriod) => [string, string]>> = {
  id: (p) => ['id', p.id],
  periodname: (p) => ['periodname', p.name],
  startdate: (p) => ['startdate', accountDate(p.startDate)],
  enddate: (p) => ['enddate', accountDate(p.endDate)],
  closed: (p) => ['closed', flag(p.closed)],
  arlocked: (p) => ['arlocked', flag(p.arLocked)],
  alllocked: (p) => ['alllocked', flag(p.allLocked)],
};

/** Splits the columns at the commas that stand outside parentheses. */
const columnsOf = (text: string): string[] =>
  text.split(/,(?![^(]*\))/).map((column) => column.trim().replace(/\s+/g, ' ').toLowerCase());

const select = <T>(
  columns: string,
  known: Readonly<Record<string, (row: T) => [string, string]>>,
  rows: readonly T[],
) => {
  const readers = columnsOf(columns).map((column) => {
    const reader = known[column];
    if (reader === undefined) throw invalid(`Field '${column}' for record was not found.`);
    return reader;
  });
  return rows.map((row): Row => Object.fromEntries(readers.map((reader) => reader(row))));
};

const TRANSACTIONS =
  /^SELECT\s+(.+?)\s+FROM\s+transaction\s+WHERE\s+externalid\s+IN\s*\(([^)]*)\)(?:\s+ORDER\s+BY\s+id)?$/is;
const PERIODS =
  /^SELECT\s+(.+?)\s+FROM\s+accountingperiod\s+WHERE\s+isposting\s*=\s*'T'\s+AND\s+startdate\s*<=\s*(.+?)\s+AND\s+enddate\s*>=\s*(.+?)$/is;

const dateOf = (literal: string): string => {
  const match = /^TO_DATE\(\s*'(\d{4}-\d{2}-\d{2})'\s*,\s*'YYYY-MM-DD'\s*\)$/i.exec(literal.trim());
  if (match?.[1] !== undefined) return match[1];
  throw invalid(
    `Parse of date/time ${literal.trim()} failed with date format "M/d/yy" in time zone America/Los_Angeles`,
  );
};

/** Runs a query. Rows are text, as SuiteQL over REST gives them. @throws a refusal for anything but the two forms. */
export const runQuery = (q: string, books: Books, periods: readonly AccountingPeriod[]): Row[] => {
  const transactions = TRANSACTIONS.exec(q.trim());
  if (transactions) {
    const [, columns = '', list = ''] = transactions;
    const ids = list.split(',').map((part) => /^\s*'([^']*)'\s*$/.exec(part)?.[1]);
    if (ids.includes(undefined)) throw invalid(`Unexpected token in ${list}`);
    const found = books.all().filter((document) => document.externalId && ids.includes(document.externalId));
    return select(columns, TRANSACTION, found);
  }
  const byDate = PERIODS.exec(q.trim());
  if (byDate) {
    const [, columns = '', from = '', to = ''] = byDate;
    const [starts, ends] = [dateOf(from), dateOf(to)];
    return select(
      columns,
      PERIOD,
      periods.filter((period) => period.startDate <= starts && period.endDate >= ends),
    );
  }
  throw invalid('The sandbox answers two queries: transactions by external id, posting periods by date.');
};
