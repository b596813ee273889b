import { quoted } from './sql.ts';
import type { SqlUpcast } from './upcasts.ts';

/** The built-in type of a line that cancels an event. */
const CANCELLATION = 'meterbridge.cancellation';

const COLUMNS = `{
  position: 'STRUCT(stream VARCHAR, shard VARCHAR, sequence VARCHAR, "index" BIGINT)',
  receivedAt: 'VARCHAR', encoding: 'VARCHAR', line: 'VARCHAR' }`;

/** A line may be as long as what a whole pack inflates to. */
const LONGEST_LINE = 48 * 1024 * 1024;

/** Every line of these files once, by its position: objects overlap after a retry or a reshard. */
export const linesSql = (files: readonly string[]): string => `CREATE TABLE lines AS
  SELECT position.stream AS stream, position.shard AS shard, position.sequence AS sequence, position."index" AS at_index,
         min(receivedAt) AS received_at, any_value(encoding) AS encoding, any_value(line) AS line
  FROM read_ndjson([${files.map(quoted).join(', ')}], columns = ${COLUMNS}, maximum_object_size = ${LONGEST_LINE})
  GROUP BY ALL`;

/** The positions that are in quarantine, from a file of JSON lines. An empty file has none. */
export const quarantinedSql = (file: string): string => `CREATE TABLE quarantined AS
  SELECT * FROM read_ndjson(${quoted(file)}, columns = {
    stream: 'VARCHAR', shard: 'VARCHAR', sequence: 'VARCHAR', at_index: 'BIGINT' })`;

/**
 * Lines that are JSON and not in quarantine. What is not decided yet, because it is under way, may be among them; if that
 * is no event it is left out, else it shows as a difference.
 */
const SENT = `SELECT * FROM lines ANTI JOIN quarantined USING (stream, shard, sequence, at_index)
  WHERE encoding = 'utf8' AND json_valid(line)`;

const upcasted = (upcasts: readonly SqlUpcast[]): string =>
  upcasts.reduce(
    (inner, { from, to, sql }) => `SELECT * REPLACE (
      CASE dataschema WHEN ${quoted(from)} THEN ${sql} ELSE data END AS data,
      CASE dataschema WHEN ${quoted(from)} THEN ${quoted(to)} ELSE dataschema END AS dataschema)
      FROM (${inner})`,
    `SELECT * FROM readable`,
  );

/**
 * The events of the lines, each once per chain (subject, slot of 15 minutes, and overlay of a backfill): of several lines
 * with one id the first accepted, which is the first by arrival since conflicting ones are in quarantine.
 */
export const eventsSql = (upcasts: readonly SqlUpcast[]): string => `CREATE TABLE events AS
  WITH sent AS (${SENT}),
  readable AS (
    SELECT stream, shard, sequence, at_index, received_at,
      json_extract_string(line, '/source') AS source,
      json_extract_string(line, '/id') AS id,
      json_extract_string(line, '/type') AS type,
      json_extract_string(line, '/subject') AS subject,
      json_extract_string(line, '/dataschema') AS dataschema,
      json_extract_string(line, '/backfill') AS backfill,
      json_extract_string(line, '/replaces') AS replaces,
      json_extract_string(line, '/replacestime') AS replacestime,
      millis(json_extract_string(line, '/time')) AS at_millis,
      json_extract(line, '/data') AS data
    FROM sent
  )
  SELECT DISTINCT ON (source, id, subject, slot, backfill) *, at_millis // 900000 AS slot
  FROM (${upcasted(upcasts)})
  WHERE id IS NOT NULL AND source IS NOT NULL AND subject IS NOT NULL AND at_millis IS NOT NULL
  ORDER BY source, id, subject, slot, backfill, received_at, stream, shard, length(sequence), sequence, at_index`;

/**
 * The usage that counts: of the live chains and of the overlays of closed backfills, in the order in which they were
 * closed (an id in several counts once, as the live one or the first), without what is cancelled or replaced in any of
 * them, whether before or after it came.
 */
export const countedSql = (closedBackfills: readonly string[]): string => {
  const layers = `[${[quoted(''), ...closedBackfills.map(quoted)].join(', ')}]`;
  return `CREATE TABLE counted AS
  WITH standing AS (
    SELECT *, list_position(${layers}, coalesce(backfill, '')) AS layer FROM events
    WHERE list_contains(${layers}, coalesce(backfill, ''))
  ),
  cancelled AS (
    SELECT coalesce(json_extract_string(data, '/source'), source) AS source, json_extract_string(data, '/id') AS id,
      subject, slot
    FROM standing WHERE type = ${quoted(CANCELLATION)}
    UNION
    SELECT source, replaces, subject, coalesce(millis(replacestime), at_millis) // 900000
    FROM standing WHERE replaces IS NOT NULL
  ),
  usage AS (
    SELECT DISTINCT ON (source, id, subject, slot) *
    FROM standing WHERE type <> ${quoted(CANCELLATION)}
    ORDER BY source, id, subject, slot, layer
  )
  SELECT subject, type, at_millis, data,
    substr(sha256('[' || to_json(source) || ',' || to_json(id) || ']'), 1, 32) AS id_hash
  FROM usage ANTI JOIN cancelled USING (source, id, subject, slot)`;
};

/** What the lines of the archive came to, for people. */
export const COUNTS_SQL = `SELECT
  (SELECT count(*) FROM lines) AS lines,
  (SELECT count(*) FROM quarantined JOIN lines USING (stream, shard, sequence, at_index)) AS quarantined,
  (SELECT count(*) FROM events) AS events,
  (SELECT count(*) FROM counted) AS counted`;
