import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from '../setup/paths.mjs';

/** The registered event schemas as files: what each must state, and in which order versions follow. */

/** `catalog/schemas` is the company's, `built-in` what Meterbridge itself knows. */
const CATALOG = 'catalog/schemas';
const BUILT_IN = 'lambdas/usage/events/built-in';

/** Types below this name are built in. */
const OWN_TYPES = 'meterbridge.';

/** A schema as its file says it. */
export type SchemaFile = {
  readonly folder: string;
  readonly type: string;
  readonly version: string;
  readonly text: string;
};

/** A JSON Schema, as far as it is looked at here. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** The schema of one version of an event type. */
export type EventSchema = JsonSchema & {
  /** The address that events carry as `dataschema`. */
  readonly $id: string;
  readonly title: string;
  readonly description: string;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
  readonly properties: Readonly<Record<string, JsonSchema>>;
};

/** A registered version of an event type. */
export type Registered = { readonly type: string; readonly version: number; readonly schema: EventSchema };

/** Annotations that a schema may carry beside the standard ones. */
export const ANNOTATIONS = ['x-owner', 'x-data-class', 'x-retention', 'x-superseded-by'];

/** Whose data an event holds; it decides who may read it and where it may go. */
const DATA_CLASSES = ['customer-usage', 'pseudonymous-person'];

const filesOf = async (folder: string): Promise<SchemaFile[]> => {
  const from = join(root, folder);
  const paths = (await readdir(from, { recursive: true })).filter((path) => path.endsWith('.json')).sort();
  return Promise.all(
    paths.map(async (path) => {
      const text = await readFile(join(from, path), 'utf8');
      return { folder, type: dirname(path), version: path.slice(dirname(path).length + 1, -'.json'.length), text };
    }),
  );
};

/** All schema files, sorted by folder and path. */
export const readSchemaFiles = async (): Promise<SchemaFile[]> =>
  (await Promise.all([CATALOG, BUILT_IN].map(filesOf))).flat();

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

/** What each keyword must be, as the rest of a sentence that begins with the file and the keyword. */
const DEMANDS: readonly (readonly [string, string, (value: unknown) => boolean])[] = [
  ['title', 'must name the version in words', isText],
  ['description', 'must say what the event means and how it is used', isText],
  ['x-owner', 'must say whom to ask: a team or its address', isText],
  ['x-data-class', `must be one of ${DATA_CLASSES.join(', ')}`, (value) => DATA_CLASSES.includes(String(value))],
  [
    'x-retention',
    'must be a duration in years, months or days, like P7Y',
    (value) => typeof value === 'string' && /^P(?=\d)(\d+Y)?(\d+M)?(\d+D)?$/.test(value),
  ],
  [
    'examples',
    'must hold at least one example of the data',
    (value) => Array.isArray(value) && value.length > 0 && value.every(isObject),
  ],
  ['type', 'must be "object": the data of an event is an object', (value) => value === 'object'],
  [
    'properties',
    'must describe every field, each with a description',
    (value) => isObject(value) && Object.values(value).every((field) => isObject(field) && isText(field.description)),
  ],
];

const schemaFaults = (file: SchemaFile, schema: unknown): string[] => {
  if (!isObject(schema)) return ['is no JSON object'];
  const faults = DEMANDS.filter(([keyword, , fits]) => !fits(schema[keyword])).map(
    ([keyword, demand]) => `${keyword} ${demand}`,
  );
  if (!String(schema.$id).endsWith(`/${file.type}/${file.version}`)) {
    faults.push(`$id must end with /${file.type}/${file.version}, as the file is called`);
  }
  if (schema.additionalProperties === false) {
    faults.push('additionalProperties must not be false: fields that a schema does not know are kept, and counted');
  }
  if (!/^[1-9]\d*$/.test(file.version)) faults.push('is not called by a version: 1, 2, 3, ...');
  if (file.folder === CATALOG && file.type.startsWith(OWN_TYPES)) {
    faults.push(`describes a type below ${OWN_TYPES}, which is Meterbridge's own`);
  }
  return faults;
};

const parsed = (file: SchemaFile): unknown => {
  try {
    return JSON.parse(file.text);
  } catch {
    return undefined;
  }
};

/** What is wrong between the versions of one type. */
const sequenceFaults = (versions: readonly Registered[]): string[] => {
  const [first] = versions;
  const base = first?.schema.$id.slice(0, -String(first.version).length);
  return versions.flatMap(({ type, version, schema }, n) => {
    const where = `${type}/${version}.json`;
    const faults: string[] = [];
    if (version !== n + 1) faults.push(`${where}: version ${n + 1} is missing; versions are counted from 1`);
    if (schema.$id !== `${base}${version}`) faults.push(`${where}: $id must be ${base}${version}, as in version 1`);
    const successor = schema['x-superseded-by'];
    if (successor !== undefined && successor !== String(versions[n + 1]?.version)) {
      faults.push(
        `${where}: x-superseded-by is ${String(successor)}, but the next version is ${versions[n + 1]?.version ?? 'not there'}`,
      );
    }
    return faults;
  });
};

/**
 * The registered schemas, by type and then by version.
 * @throws {Error} that names everything wrong with the files, one sentence per line.
 */
export const checkedSchemas = (files: readonly SchemaFile[]): Registered[] => {
  const read = files.map((file) => ({ file, schema: parsed(file) }));
  const faults = read.flatMap(({ file, schema }) =>
    schemaFaults(file, schema).map((fault) => `${file.folder}/${file.type}/${file.version}.json: ${fault}`),
  );
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const registered = read
    .map(({ file, schema }) => ({ type: file.type, version: Number(file.version), schema: schema as EventSchema }))
    .sort((a, b) => (a.type === b.type ? a.version - b.version : a.type < b.type ? -1 : 1));
  const outOfOrder = [...Map.groupBy(registered, ({ type }) => type).values()].flatMap(sequenceFaults);
  if (outOfOrder.length > 0) throw new Error(outOfOrder.join('\n'));
  return registered;
};
