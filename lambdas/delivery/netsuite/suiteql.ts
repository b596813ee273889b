/**
 * The two questions we ask by SuiteQL. Values are quoted as SuiteQL literals; dates go through TO_DATE because a bare
 * literal would be read in the account's own date format.
 */

/** An external id as NetSuite allows it. */
const EXTERNAL_ID = /^[A-Za-z0-9_-]+$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Totals of the transactions with these external ids.
 * @throws {RangeError} for an id with other characters than letters, digits, `-` and `_`.
 */
export const totalsQuery = (externalIds: readonly string[]): string => {
  for (const id of externalIds) if (!EXTERNAL_ID.test(id)) throw new RangeError(`"${id}" is not an external id`);
  const list = externalIds.map((id) => `'${id}'`).join(', ');
  return [
    "SELECT id, externalid, type, TO_CHAR(trandate, 'YYYY-MM-DD') AS trandate, entity, BUILTIN.DF(currency) AS currency, foreigntotal, taxtotal, voided",
    `FROM transaction WHERE externalid IN (${list}) ORDER BY id`,
  ].join(' ');
};

/** The posting period that a local date falls into. @throws {RangeError} if it is not `YYYY-MM-DD`. */
export const periodQuery = (date: string): string => {
  if (!DATE.test(date)) throw new RangeError(`"${date}" is not a date like 2026-11-30`);
  const day = `TO_DATE('${date}', 'YYYY-MM-DD')`;
  return [
    'SELECT id, periodname, startdate, enddate, closed, arlocked, alllocked FROM accountingperiod',
    `WHERE isposting = 'T' AND startdate <= ${day} AND enddate >= ${day}`,
  ].join(' ');
};
