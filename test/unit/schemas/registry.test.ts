import { describe, expect, it } from 'vitest';
import { upcasters } from '../../../lambdas/usage/events/upcasters.ts';
import { unbridgedBreaks } from '../../../scripts/schemas/compatibility.ts';
import { checkedSchemas, readSchemaFiles, type SchemaFile } from '../../../scripts/schemas/registry.ts';

const fileOf = (version: string, changes: object = {}, type = 'com.example.calls'): SchemaFile => ({
  folder: 'catalog/schemas',
  type,
  version,
  text: JSON.stringify({
    $id: `https://schemas.example/${type}/${version}`,
    title: `Calls, version ${version}`,
    description: 'Calls of a customer.',
    'x-owner': 'calls@example.com',
    'x-data-class': 'customer-usage',
    'x-retention': 'P7Y',
    examples: [{ calls: 1 }],
    type: 'object',
    properties: { calls: { description: 'Number of calls.', type: 'integer' } },
    ...changes,
  }),
});
const faultsOf = (...files: SchemaFile[]): string[] => {
  try {
    checkedSchemas(files);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
};

describe('the registered event schemas', () => {
  it('state owner, description, example, data class and retention, and break no older version without an upcaster', async () => {
    const registered = checkedSchemas(await readSchemaFiles());
    expect(registered.length).toBeGreaterThan(5);
    expect(unbridgedBreaks(registered, new Set(upcasters.map(({ from }) => from)))).toEqual([]);
  });
});

describe('the check of schema files', () => {
  it('takes versions in order', () => {
    const versions = ['10', '2', '1', '3', '4', '5', '6', '7', '8', '9'].map((version) => fileOf(version));
    expect(checkedSchemas(versions).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it.each([
    [{ title: ' ' }, 'title must name the version in words'],
    [{ 'x-owner': undefined }, 'x-owner must say whom to ask: a team or its address'],
    [{ 'x-data-class': 'secret' }, 'x-data-class must be one of customer-usage, pseudonymous-person'],
    [{ 'x-retention': '7 years' }, 'x-retention must be a duration in years, months or days, like P7Y'],
    [{ 'x-retention': 'P' }, 'x-retention must be a duration in years, months or days, like P7Y'],
    [{ examples: [] }, 'examples must hold at least one example of the data'],
    [{ properties: { calls: {} } }, 'properties must describe every field, each with a description'],
    [{ $id: 'https://schemas.example/other/1' }, '$id must end with /com.example.calls/1, as the file is called'],
    [
      { additionalProperties: false },
      'additionalProperties must not be false: fields that a schema does not know are kept, and counted',
    ],
  ])('refuses %j', (changes, fault) => {
    expect(faultsOf(fileOf('1', changes))).toEqual([`catalog/schemas/com.example.calls/1.json: ${fault}`]);
  });

  it('names everything wrong at once', () => {
    expect(faultsOf(fileOf('1', { title: '', examples: [] }), { ...fileOf('2'), text: '{' })).toHaveLength(3);
  });

  it('refuses names, gaps and addresses that lead nowhere', () => {
    expect(faultsOf(fileOf('v1'))).toEqual([expect.stringContaining('is not called by a version')]);
    expect(faultsOf(fileOf('1', {}, 'meterbridge.own'))).toEqual([expect.stringContaining("Meterbridge's own")]);
    expect(faultsOf(fileOf('1'), fileOf('3'))).toEqual([
      'com.example.calls/3.json: version 2 is missing; versions are counted from 1',
    ]);
    expect(faultsOf(fileOf('1'), fileOf('2', { $id: 'https://elsewhere/com.example.calls/2' }))).toEqual([
      'com.example.calls/2.json: $id must be https://schemas.example/com.example.calls/2, as in version 1',
    ]);
    expect(faultsOf(fileOf('1', { 'x-superseded-by': '2' }))).toEqual([
      'com.example.calls/1.json: x-superseded-by is 2, but the next version is not there',
    ]);
  });
});

describe('a version that breaks the one before it', () => {
  const registered = checkedSchemas([fileOf('1'), fileOf('2', { required: ['calls'] })]);

  it('is named, with what to do', () => {
    expect(unbridgedBreaks(registered, new Set())).toEqual([
      "com.example.calls version 2, /data/calls: the field is required now, and was optional. Keep version 1's data fitting, or write an upcaster from https://schemas.example/com.example.calls/1 to https://schemas.example/com.example.calls/2 in lambdas/usage/events/upcasters.ts.",
    ]);
  });

  it('is let through with an upcaster', () => {
    expect(unbridgedBreaks(registered, new Set(['https://schemas.example/com.example.calls/1']))).toEqual([]);
  });

  it('is no matter of two types', () => {
    const others = checkedSchemas([fileOf('1'), fileOf('1', { required: ['calls'] }, 'com.example.clicks')]);
    expect(unbridgedBreaks(others, new Set())).toEqual([]);
  });
});
