import { CANCELLATION_TYPE } from './corrections.ts';
import { type RegisteredSchema, registeredSchemas, type SchemaError } from './event-validators.generated.js';

export type { RegisteredSchema } from './event-validators.generated.js';

const BY_ADDRESS: ReadonlyMap<string, RegisteredSchema> = new Map(Object.entries(registeredSchemas));
const TYPES: ReadonlySet<string> = new Set(Object.values(registeredSchemas).map(({ type }) => type));

/** All registered types of usage events, in order. What is built in is no usage: no meter can measure it. */
export const eventTypes: readonly string[] = [...TYPES].filter((type) => type !== CANCELLATION_TYPE).sort();

/** Whether any version of this event type is registered. */
export const isKnownType = (type: string): boolean => TYPES.has(type);

/** The registered version that a `dataschema` names, if it is one of this event type. */
export const schemaOf = (type: string, dataschema: string): RegisteredSchema | undefined => {
  const schema = BY_ADDRESS.get(dataschema);
  return schema?.type === type ? schema : undefined;
};

/** All registered `dataschema` addresses of an event type, in order of version. */
export const dataschemasOf = (type: string): string[] =>
  Object.entries(registeredSchemas)
    .filter(([, schema]) => schema.type === type)
    .map(([address]) => address)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

/** What is wrong with a value, as a place in it and a sentence that says how to mend it. */
export type Fault = { readonly path: string; readonly message: string };

const list = (value: unknown): string =>
  Array.isArray(value) ? value.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))).join(', ') : '';

const at = (data: unknown, pointer: string): unknown => {
  let value: unknown = data;
  for (const token of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[token.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
};

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

const demand = (error: SchemaError): string => {
  switch (error.keyword) {
    case 'type':
      return `must be of type ${Array.isArray(error.params.type) ? list(error.params.type).replaceAll(', ', ' or ') : String(error.params.type)}`;
    case 'minimum':
      return `must be at least ${String(error.params.limit)}`;
    case 'maximum':
      return `must be at most ${String(error.params.limit)}`;
    case 'enum':
      return `must be one of ${list(error.params.allowedValues)}`;
    case 'pattern':
      return `must match ${String(error.params.pattern)}`;
    case 'minLength':
      return `must have at least ${String(error.params.limit)} characters`;
    case 'maxLength':
      return `must have at most ${String(error.params.limit)} characters`;
    default:
      return error.message ?? `must satisfy ${error.keyword}`;
  }
};

const faultOf = (error: SchemaError, data: unknown): Fault => {
  if (error.keyword === 'required') {
    const field = String(error.params.missingProperty);
    return {
      path: `/data${error.instancePath}/${field}`,
      message: `the field ${field} is missing: the schema requires it`,
    };
  }
  return { path: `/data${error.instancePath}`, message: `${shown(at(data, error.instancePath))} ${demand(error)}` };
};

/** The first thing wrong with the data of an event, or `undefined` if it fits its schema. */
export const dataFault = (schema: RegisteredSchema, data: unknown): Fault | undefined => {
  if (schema.validate(data)) return undefined;
  const [error] = schema.validate.errors ?? [];
  const fault = error ? faultOf(error, data) : { path: '/data', message: 'the data does not fit' };
  return { path: fault.path, message: `${fault.message} (${schema.type} version ${schema.version}).` };
};

const NONE: readonly string[] = [];

/** Names of fields in the data that the schema does not know. They are kept; a count of them shows drift. */
export const unknownFields = (
  { fields }: RegisteredSchema,
  data: Readonly<Record<string, unknown>>,
): readonly string[] => {
  for (const field in data) {
    if (!fields.includes(field)) return Object.keys(data).filter((each) => !fields.includes(each));
  }
  return NONE;
};
