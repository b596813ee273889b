import { goesOn, type MeasuringVersion } from './meters.ts';
import { DAY_MILLIS, dayMillis, quoted } from './sql.ts';

/** UTC dates, half open, and from when on the last value of a meter that goes on is looked for. */
export type Range = { readonly start: string; readonly end: string; readonly early: string };

/** Names and values of dimensions in order of name, as one text that compares without JSON's escapes. */
export const SEPARATOR = '\u001f';

/** A key of the ledger is no longer than this, in bytes of JSON; an event with a longer one is set aside there. */
const LONGEST_KEY = 1024;

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

const dimensionsSql = ({ body }: MeasuringVersion): { readonly text: string; readonly json: string } => {
  const ordered = [...body.dimensions].sort(byName);
  const value = (path: string): string => `coalesce(text_at(data, ${quoted(path)}), '')`;
  if (ordered.length === 0) return { text: `''`, json: `'{}'` };
  const parts = ordered.map(({ name, path }) => `${quoted(name)}, ${value(path)}`);
  return {
    text: `concat_ws(${quoted(SEPARATOR)}, ${parts.join(', ')})`,
    json: `json_object(${parts.join(', ')})::VARCHAR`,
  };
};

/** What one version of a meter makes of the events: a row per event, with its number or its text. */
const measuredSql = (entry: MeasuringVersion): string => {
  const { id, version, body, fromMillis, toMillis } = entry;
  const path = body.valuePath === undefined ? undefined : quoted(body.valuePath);
  const dimensions = dimensionsSql(entry);
  const key = `'["' || ${quoted(id)} || '",${version},' || ${dimensions.json} || ']'`;
  const isNumber = path === undefined || body.aggregation === 'COUNT' ? 'true' : `is_number(data, ${path})`;
  const number = path === undefined || body.aggregation === 'COUNT' ? `'1'` : `json_extract_string(data, ${path})`;
  const isSet = body.aggregation === 'UNIQUE_COUNT';
  const conditions = [
    `type = ${quoted(body.eventType)}`,
    `at_millis >= ${fromMillis}`,
    ...(toMillis === undefined ? [] : [`at_millis < ${toMillis}`]),
    ...body.filters.map(
      (filter) => `coalesce(text_at(data, ${quoted(filter.path)}), '') IN (${filter.oneOf.map(quoted).join(', ')})`,
    ),
    ...(path === undefined ? [] : [`json_type(data, ${path}) IS NOT NULL`]),
    `strlen(${key}) <= ${LONGEST_KEY}`,
    ...(isSet ? [] : [isNumber]),
  ];
  return `SELECT subject, ${quoted(id)} AS meter, ${quoted(body.aggregation)} AS aggregation,
      ${goesOn(entry) ? `''` : quoted(body.unit)} AS unit, ${dimensions.text} AS dimensions, at_millis, id_hash,
      ${isSet ? 'NULL' : `scaled(${number})`} AS number,
      ${isSet && path !== undefined ? `CASE WHEN json_type(data, ${path}) NOT IN ('OBJECT', 'ARRAY') THEN text_at(data, ${path}) END` : 'NULL'} AS text
    FROM counted WHERE ${conditions.join(' AND ')}`;
};

const EMPTY = `SELECT ''::VARCHAR AS subject, '' AS meter, '' AS aggregation, '' AS unit, '' AS dimensions,
  0::BIGINT AS at_millis, '' AS id_hash, 0::HUGEINT AS number, '' AS text WHERE false`;

/** A row per event and meter that measures it. */
export const measuredTableSql = (versions: readonly MeasuringVersion[]): string =>
  `CREATE TABLE measured AS ${[EMPTY, ...versions.map(measuredSql)].join('\nUNION ALL ')}`;

/** Events whose value is more than this recomputation can hold: it must not pretend to have counted them. */
export const NOT_HELD_SQL = `SELECT count(*)::INTEGER AS events FROM measured WHERE number IS NULL AND text IS NULL`;

const KEY = 'subject, meter, aggregation, unit, dimensions';
const ONE = `${10n ** 12n}`;

/** Meters that are added up day by day. All quantities are whole numbers of 10^-12. */
const addedUpSql = ({ start, end }: Range): string => `SELECT ${KEY}, at_millis // ${DAY_MILLIS} AS day,
    CASE aggregation
      WHEN 'COUNT' THEN count(*)::HUGEINT * ${ONE}
      WHEN 'SUM' THEN sum(number)
      WHEN 'MIN' THEN min(number)
      WHEN 'MAX' THEN max(number)
      WHEN 'AVG' THEN half_even(sum(number), count(*)::HUGEINT)
      ELSE count(DISTINCT text)::HUGEINT * ${ONE}
    END AS quantity
  FROM measured
  WHERE aggregation NOT IN ('LATEST', 'TIME_WEIGHTED') AND at_millis >= ${dayMillis(start)} AND at_millis < ${dayMillis(end)}
  GROUP BY ${KEY}, at_millis // ${DAY_MILLIS}`;

/**
 * Meters whose value goes on: a value holds from its point to the next one, over the edges of days. LATEST is the value at
 * the end of the day, TIME_WEIGHTED the integral over the day, divided by the day. Ties in time are ordered by id hash.
 */
const goingOnSql = ({ start, end, early }: Range): string => `
  SELECT ${KEY}, day, CASE aggregation
    WHEN 'LATEST' THEN arg_max(number, (from_millis, id_hash))
    ELSE half_even(sum(number * greatest(0, least(to_millis, (day + 1) * ${DAY_MILLIS}) - greatest(from_millis, day * ${DAY_MILLIS}))),
      ${DAY_MILLIS}::HUGEINT)
    END AS quantity
  FROM (
    SELECT ${KEY}, at_millis AS from_millis, id_hash, number,
      lead(at_millis, 1, ${dayMillis(end)}) OVER (PARTITION BY ${KEY} ORDER BY at_millis, id_hash) AS to_millis
    FROM measured
    WHERE aggregation IN ('LATEST', 'TIME_WEIGHTED')
      AND at_millis >= ${dayMillis(early)} AND at_millis < ${dayMillis(end)}
  ) AS held
  JOIN (SELECT unnest(range(${dayMillis(start) / DAY_MILLIS}, ${dayMillis(end) / DAY_MILLIS})) AS day) AS days
    ON from_millis < (day + 1) * ${DAY_MILLIS}
  GROUP BY ${KEY}, day`;

/** The totals of each subject, meter, dimensions and UTC day. */
export const totalsSql = (range: Range): string => `CREATE TABLE totals AS
  ${addedUpSql(range)} UNION ALL BY NAME ${goingOnSql(range)}`;
