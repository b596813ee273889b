import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { decode } from '../../../lambdas/usage/events/decode.ts';
import { registeredSchemas } from '../../../lambdas/usage/events/event-validators.generated.js';
import { validate } from '../../../lambdas/usage/events/validate.ts';
import { asyncApiText } from '../../../scripts/schemas/asyncapi.ts';
import { ANNOTATIONS, checkedSchemas, readSchemaFiles } from '../../../scripts/schemas/registry.ts';

const require = createRequire(import.meta.url);
const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const text = read('docs/asyncapi.yaml');

type Node = { readonly [name: string]: Node };
type Message = { readonly payload: unknown; readonly examples?: readonly { readonly payload: unknown }[] };
const document = parse(text) as Node & {
  readonly components: { readonly messages: Readonly<Record<string, Message>>; readonly schemas: Node };
};
const { messages, schemas } = document.components;

/** Every `$ref` in a value. */
const refsIn = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : refsIn(inner)));
const at = (ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .reduce<Node | undefined>((node, name) => node?.[name], document);

const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }), { keywords: false });
ajv.addVocabulary([...ANNOTATIONS, 'x-line']);
ajv.addSchema({ $id: 'document', ...document });
const payloadFits = (message: string) => ajv.compile({ $ref: `document#/components/messages/${message}/payload` });

describe('docs/asyncapi.yaml', () => {
  it('is up to date: run node scripts/asyncapi.ts', async () => {
    expect(text).toBe(asyncApiText(checkedSchemas(await readSchemaFiles())));
  });

  it('is AsyncAPI 3.0', () => {
    // The specification's schema brings the meta-schema that it needs.
    const options = { strict: false, meta: false, validateSchema: false } as const;
    const isAsyncApi = addFormats.default(new Ajv(options)).compile(require('@asyncapi/specs/schemas/3.0.0.json'));
    expect(isAsyncApi(document), JSON.stringify(isAsyncApi.errors)).toBe(true);
    expect(isAsyncApi({ ...document, info: {} })).toBe(false);
    expect(isAsyncApi({ ...document, operations: { receiveUsage: { action: 'subscribe' } } })).toBe(false);
  });

  it('refers to what it holds', () => {
    const refs = [...new Set(refsIn(document))];
    expect(refs.length).toBeGreaterThan(20);
    expect(refs.filter((ref) => at(ref) === undefined)).toEqual([]);
  });

  it('has a message for every registered schema, in its channel, and as a line of a pack and a batch', () => {
    const lines = refsIn(schemas.line);
    for (const [address, { type, version }] of Object.entries(registeredSchemas)) {
      const name = `${type}.${version}`;
      expect(JSON.stringify(schemas[name])).toContain(`"dataschema":{"const":"${address}"}`);
      expect(refsIn(document.channels)).toContain(`#/components/messages/${name}`);
      expect(refsIn(document.operations)).toContain(`#/channels/usage/messages/${name}`);
      expect(lines).toContain(`#/components/schemas/${name}`);
    }
    expect(lines).toHaveLength(Object.keys(registeredSchemas).length);
  });

  it('shows events that its own schemas and Meterbridge take, plain, as a batch and packed', () => {
    const events = Object.entries(messages).flatMap(([name, { examples = [] }]) =>
      examples.map(({ payload }) => ({ name, payload })),
    );
    expect(events).toHaveLength(Object.keys(registeredSchemas).length);
    for (const { name, payload } of events) {
      const fits = payloadFits(name);
      expect(fits(payload), JSON.stringify(fits.errors)).toBe(true);
    }
    const payloads = events.map(({ payload }) => payload);
    expect(payloadFits('batch')(payloads)).toBe(true);
    expect(payloadFits('batch')([{}])).toBe(false);
    const packed = gzipSync(payloads.map((payload) => JSON.stringify(payload)).join('\n'));
    for (const data of [packed, Buffer.from(JSON.stringify(payloads))]) {
      const receivedAt = '2026-10-05T10:00:00.000Z';
      const lines = decode({ stream: 'usage', shard: 's', sequence: '1', data, receivedAt });
      expect(lines).toHaveLength(payloads.length);
      for (const { line } of lines)
        expect(validate(line, receivedAt, { horizonDays: 400 })).toMatchObject({ ok: true });
    }
  });

  it('reads the same in tools that know YAML 1.1 only', () => {
    expect(parse(text, { version: '1.1' })).toEqual(document);
  });
});
