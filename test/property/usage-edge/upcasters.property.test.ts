import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataFault, schemaOf } from '../../../lambdas/usage/events/schemas.ts';
import { newestOf, upcast } from '../../../lambdas/usage/events/upcasters.ts';
import { checkedSchemas, readSchemaFiles } from '../../../scripts/schemas/registry.ts';
import { event } from '../../unit/usage-edge/events.ts';
import { dataFor } from './schema-data.ts';

const registered = checkedSchemas(await readSchemaFiles());

/** Fields that no schema knows. */
const drift = fc.dictionary(
  fc.stringMatching(/^drift[a-z]{0,5}$/),
  fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
  { maxKeys: 2 },
);

describe.each(registered)('$type version $version', ({ type, schema }) => {
  it('is read as the newest version, whatever data fits it, and keeps what no schema knows', () => {
    const own = schemaOf(type, schema.$id);
    const newest = schemaOf(type, newestOf(schema.$id));
    expect(own).toBeDefined();
    expect(newest).toBeDefined();
    if (own === undefined || newest === undefined) return;
    fc.assert(
      fc.property(dataFor(schema), drift, (known, unknown) => {
        const data = { ...(known as Record<string, unknown>), ...unknown };
        expect(dataFault(own, data)).toBeUndefined();
        const read = upcast(event({ type, dataschema: schema.$id, data }));
        expect(read.dataschema).toBe(newestOf(schema.$id));
        expect(dataFault(newest, read.data)).toBeUndefined();
        expect(read.data).toMatchObject(unknown);
      }),
      { numRuns: 200 },
    );
  });
});
