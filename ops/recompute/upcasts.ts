/**
 * How the data of an older schema version reads in the next one, in SQL. The same steps as
 * lambdas/usage/events/upcasters.ts, written a second time on purpose: two people who make one mistake twice are rarer
 * than one who makes it once. `data` is the column of JSON that a step takes.
 */
export type SqlUpcast = { readonly from: string; readonly to: string; readonly sql: string };

const apiRequests = 'https://schemas.larkspur.example/com.larkspur.api.requests';

/** In order: a version that is two behind takes two steps. */
export const UPCASTS: readonly SqlUpcast[] = [
  {
    from: `${apiRequests}/1`,
    to: `${apiRequests}/2`,
    sql: `json_merge_patch(data, json_object(
      'calls', NULL,
      'path', NULL,
      'count', json_extract(data, '/calls'),
      'endpoint', CASE
        WHEN json_extract_string(data, '/path') LIKE '/search%' THEN 'search'
        WHEN json_extract_string(data, '/path') LIKE '/write%' THEN 'write'
        ELSE 'read'
      END))`,
  },
];
