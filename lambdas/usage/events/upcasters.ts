import type { UsageEvent } from '../types.ts';
import { registeredSchemas } from './event-validators.generated.js';
import { dataschemasOf, eventTypes } from './schemas.ts';

/** Turns the data of one version into the data of the next. Takes only data that fits its version's schema. */
type Upcaster = {
  readonly from: string;
  readonly to: string;
  readonly run: (data: Readonly<Record<string, unknown>>) => Record<string, unknown>;
};

const endpointOf = (path: string): 'search' | 'write' | 'read' =>
  path.startsWith('/search') ? 'search' : path.startsWith('/write') ? 'write' : 'read';

const apiRequests = 'https://schemas.larkspur.example/com.larkspur.api.requests';

/**
 * One entry per step to a version that does not fit all data of the version before it; a version that is two behind takes
 * two steps. `npm test` says where one is missing.
 */
export const upcasters: readonly Upcaster[] = [
  {
    // v2 names the class of the endpoint, because that is what is billed; v1 had the whole path.
    from: `${apiRequests}/1`,
    to: `${apiRequests}/2`,
    run: ({ calls, path, ...others }) => ({ ...others, count: calls, endpoint: endpointOf(String(path)) }),
  },
];

/** Between compatible versions the data is read as it is. */
const compatibleSteps = (type: string): Upcaster[] => {
  const versions = dataschemasOf(type);
  return versions.slice(1).map((to, n) => ({ from: versions[n] ?? to, to, run: (data) => ({ ...data }) }));
};

const stepFrom: ReadonlyMap<string, Upcaster> = new Map(
  [...eventTypes.flatMap(compatibleSteps), ...upcasters].map((step) => [step.from, step]),
);

/** The newest version that a registered version is read as. */
export const newestOf = (dataschema: string): string => {
  let newest = dataschema;
  for (let step = stepFrom.get(newest); step !== undefined; step = stepFrom.get(newest)) newest = step.to;
  return newest;
};

/** Whether a version is the newest of its type, i.e. what meters read. */
export const isNewest = (dataschema: string): boolean => dataschema in registeredSchemas && !stepFrom.has(dataschema);

/** The event in the newest version of its type; fields that the old schema did not know are carried along. */
export const upcast = (event: UsageEvent): UsageEvent => {
  let current = event;
  for (let step = stepFrom.get(current.dataschema); step !== undefined; step = stepFrom.get(current.dataschema)) {
    current = { ...current, dataschema: step.to, data: step.run(current.data) };
  }
  return current;
};
