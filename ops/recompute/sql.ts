/** A text as an SQL literal. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Decimals that totals are computed with: no binary float takes part, everything is an integer of 10^-12. */
export const DECIMALS = 12;

/** Milliseconds of a UTC day. */
export const DAY_MILLIS = 86_400_000;

/** The first instant of a UTC date, in milliseconds since 1970. */
export const dayMillis = (date: string): number => Date.parse(`${date}T00:00:00.000Z`);

/**
 * Functions that the queries share.
 * - `millis`: an RFC 3339 text in milliseconds since 1970; what is finer is cut. NULL for other texts.
 * - `text_at`: the value at a pointer as text; absent is NULL, a string is itself, anything else its JSON.
 * - `is_number`: whether a JSON value is a number or a plain decimal text.
 * - `scaled`: its value in 10^-12; NULL if it has more decimals or digits than fit.
 * - `half_even`: a quotient of integers, rounded half to even.
 */
export const MACROS = [
  `CREATE MACRO millis(instant) AS
     epoch_ms(TRY_CAST(regexp_replace(upper(instant), '(\\.\\d{3})\\d+', '\\1') AS TIMESTAMPTZ))`,
  `CREATE MACRO text_at(data, pointer) AS CASE json_type(data, pointer)
     WHEN 'VARCHAR' THEN json_extract_string(data, pointer)
     WHEN 'DOUBLE' THEN regexp_replace(json_extract(data, pointer)::VARCHAR, '\\.0$', '')
     ELSE json_extract(data, pointer)::VARCHAR END`,
  `CREATE MACRO is_number(data, pointer) AS
     json_type(data, pointer) IN ('UBIGINT', 'BIGINT', 'DOUBLE', 'HUGEINT', 'UHUGEINT') OR (
       json_type(data, pointer) = 'VARCHAR'
       AND regexp_full_match(json_extract_string(data, pointer), '-?\\d{1,60}(\\.\\d{1,60})?'))`,
  `CREATE MACRO scaled(number) AS CASE
     WHEN length(rtrim(regexp_extract(number, '^-?\\d+\\.(\\d+)$', 1), '0')) > ${DECIMALS} THEN NULL
     WHEN contains(number, 'e') AND TRY_CAST(number AS DECIMAL(38, ${DECIMALS}))::DOUBLE <> number::DOUBLE THEN NULL
     ELSE replace(TRY_CAST(number AS DECIMAL(38, ${DECIMALS}))::VARCHAR, '.', '')::HUGEINT END`,
  `CREATE MACRO half_even_positive(n, d) AS CASE
     WHEN 2 * (n % d) > d OR (2 * (n % d) = d AND (n // d) % 2 = 1) THEN n // d + 1
     ELSE n // d END`,
  `CREATE MACRO half_even(n, d) AS CASE WHEN n < 0 THEN -half_even_positive(-n, d) ELSE half_even_positive(n, d) END`,
];
