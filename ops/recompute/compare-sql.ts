import { DAY_MILLIS, quoted } from './sql.ts';

/** The ledger's own figures, from a file of JSON lines (`LedgerFigure`). */
export const ledgerSql = (file: string): string => `CREATE TABLE ledger AS
  SELECT subject, meter, aggregation, unit, dimensions, epoch_ms((day || 'T00:00:00Z')::TIMESTAMPTZ) // ${DAY_MILLIS} AS day,
    scaled(quantity) AS quantity
  FROM read_ndjson(${quoted(file)}, columns = {
    subject: 'VARCHAR', day: 'VARCHAR', meter: 'VARCHAR', aggregation: 'VARCHAR', unit: 'VARCHAR',
    dimensions: 'VARCHAR', quantity: 'VARCHAR' })`;

/** Both sides of every figure. `quantity` is what the archive gives, `claimed` what the ledger says; NULL: has none. */
export const COMPARED_SQL = `CREATE TABLE compared AS
  SELECT subject, day, meter, aggregation, unit, dimensions, totals.quantity AS quantity, ledger.quantity AS claimed
  FROM totals FULL JOIN ledger USING (subject, day, meter, aggregation, unit, dimensions)`;

const DIFFERS = 'quantity IS DISTINCT FROM claimed';

/** How many figures there are of each meter, and how many of them differ. */
export const BY_METER_SQL = `SELECT meter, aggregation, count(*)::INTEGER AS figures,
    count(*) FILTER (WHERE ${DIFFERS})::INTEGER AS different,
    count(DISTINCT subject)::INTEGER AS subjects
  FROM compared GROUP BY ALL ORDER BY ALL`;

/** The first differences, in order. */
export const differencesSql = (
  limit: number,
): string => `SELECT subject, strftime(make_timestamp(day * ${DAY_MILLIS} * 1000), '%Y-%m-%d') AS day,
    meter, aggregation, dimensions, quantity::VARCHAR AS quantity, claimed::VARCHAR AS claimed
  FROM compared WHERE ${DIFFERS} ORDER BY subject, day, meter, dimensions LIMIT ${limit}`;
