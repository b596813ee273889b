import { stringify } from 'yaml';
import type { JsonSchema, Registered } from './registry.ts';

/** The usage stream as an AsyncAPI 3.0 document, with a message for every registered version of every event type. */

const text = (description: string, more: object = {}): JsonSchema => ({
  type: 'string',
  minLength: 1,
  ...more,
  description,
});

/** What all events have. The words are short; docs/emitting-events.md has the long ones. */
const ENVELOPE: JsonSchema = {
  title: 'CloudEvents 1.0 in JSON',
  description:
    'At most 65,536 bytes as UTF-8, and nested at most 32 deep. Attributes that are not listed here are kept.',
  type: 'object',
  required: ['specversion', 'source', 'id', 'type', 'subject', 'time', 'dataschema', 'data'],
  properties: {
    specversion: { const: '1.0' },
    source: text('Who sends. Together with the id it names the event for ever.', { maxLength: 1024 }),
    id: text('Chosen where the usage happens, and kept when the event is sent again.', { maxLength: 256 }),
    type: text('What kind of usage.', { maxLength: 256 }),
    subject: text('Whose usage: the account, as the product names it. The partition key.', {
      maxLength: 128,
      pattern: '^[^#\\s]+$',
    }),
    time: text('When the usage happened, with a zone. Kept when the event is sent again.', {
      format: 'date-time',
      maxLength: 64,
    }),
    dataschema: text('Which version of the type.', { maxLength: 1024 }),
    datacontenttype: { const: 'application/json' },
    recordedtime: text('When the product recorded the event; lateness is measured against it.', {
      format: 'date-time',
    }),
    replaces: text('Id of the event of the same source and subject that this one replaces.', { maxLength: 256 }),
    replacestime: text('Time of the replaced event, if it is another.', { format: 'date-time', maxLength: 64 }),
    backfill: text('The open backfill that this event belongs to.', {
      maxLength: 64,
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
    }),
    data: { type: 'object', description: 'What happened, as the schema of the type says.' },
  },
};

const idOf = ({ type, version }: Registered): string => `${type}.${version}`;
const ref = (path: string): { $ref: string } => ({ $ref: `#/${path}` });

/** A full event around an example of its data. */
export const exampleEvent = ({ type, schema }: Registered): Readonly<Record<string, unknown>> => ({
  specversion: '1.0',
  source: '//larkspur.example/platform',
  id: '5b1c0d7e-req-000143',
  type,
  subject: 'org-01',
  time: '2026-10-05T09:30:00.000Z',
  dataschema: schema.$id,
  data: schema.examples[0],
});

const payloadOf = ({ type, schema }: Registered): JsonSchema => {
  const { $schema: _, $id, ...data } = schema;
  return {
    allOf: [
      ref('components/schemas/event'),
      { type: 'object', properties: { type: { const: type }, dataschema: { const: $id }, data } },
    ],
  };
};

const eventMessage = (event: Registered): JsonSchema => {
  const successor = event.schema['x-superseded-by'];
  const superseded = successor === undefined ? '' : ` Send version ${String(successor)} instead.`;
  return {
    name: idOf(event),
    title: event.schema.title,
    summary: `${event.schema.description}${superseded}`,
    contentType: 'application/cloudevents+json',
    payload: ref(`components/schemas/${idOf(event)}`),
    examples: [{ name: 'example', payload: exampleEvent(event) }],
  };
};

const PACKED: JsonSchema = {
  name: 'packed',
  title: 'Packed events of one subject',
  summary:
    'Gzip of one event per line, all of one subject. The cheapest form: the ledger writes once per subject, quarter of an hour and batch.',
  description:
    'Unpacked at most 32 MiB and 50,000 lines. Each line is judged by itself: a bad one never costs its neighbours.',
  contentType: 'application/gzip',
  payload: {
    type: 'string',
    format: 'binary',
    description: 'Gzip (RFC 1952) of UTF-8 lines; each line is one of the events of this document, as JSON.',
    'x-line': ref('components/schemas/line'),
  },
};

const BATCH: JsonSchema = {
  name: 'batch',
  title: 'CloudEvents batch',
  summary: 'A JSON array of events, plain or gzipped.',
  contentType: 'application/cloudevents-batch+json',
  payload: { type: 'array', items: ref('components/schemas/line') },
};

const documentOf = (registered: readonly Registered[]): object => {
  const messages = Object.fromEntries([
    ['packed', PACKED],
    ['batch', BATCH],
    ...registered.map((event) => [idOf(event), eventMessage(event)] as const),
  ]);
  const names = Object.keys(messages);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Meterbridge usage events',
      version: '1.0.0',
      description:
        'How product services put usage events on the stream. An event that was accepted is counted exactly once, however often it is sent. The HTTP door (`POST /v1/events`) takes the same events.',
    },
    defaultContentType: 'application/cloudevents+json',
    servers: {
      kinesis: {
        host: 'kinesis.{region}.amazonaws.com',
        protocol: 'https',
        description:
          'Amazon Kinesis Data Streams: PutRecords, signed with the rights of the sender (kinesis:PutRecords).',
        variables: { region: { description: 'The AWS region of the deployment.' } },
      },
    },
    channels: {
      usage: {
        address: '{streamName}',
        title: 'The usage stream',
        description:
          'One record per message, at most 1 MiB. The partition key is the subject, so that one writer sees all events of an account. PutRecords takes some records and refuses others: send again those without a sequence number, and keep the order per subject.',
        servers: [ref('servers/kinesis')],
        parameters: { streamName: { description: 'The stream that the deployment names as its output StreamName.' } },
        messages: Object.fromEntries(names.map((name) => [name, ref(`components/messages/${name}`)])),
      },
    },
    operations: {
      receiveUsage: {
        action: 'receive',
        title: 'Meterbridge takes what is on the stream',
        channel: ref('channels/usage'),
        messages: names.map((name) => ref(`channels/usage/messages/${name}`)),
      },
    },
    components: {
      messages,
      schemas: {
        event: ENVELOPE,
        line: { oneOf: registered.map((event) => ref(`components/schemas/${idOf(event)}`)) },
        ...Object.fromEntries(registered.map((event) => [idOf(event), payloadOf(event)])),
      },
    },
  };
};

const HEAD = '# Made by scripts/asyncapi.ts from the registered event schemas: change those, then run it.\n';

/** The text of docs/asyncapi.yaml. */
export const asyncApiText = (registered: readonly Registered[]): string =>
  HEAD + stringify(documentOf(registered), { lineWidth: 120, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
