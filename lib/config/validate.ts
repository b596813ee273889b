import { ENVIRONMENTS, type EnvironmentConfig, QUEUES } from './types.ts';

/** Something wrong in a configuration: where, and a sentence on how to mend it. */
export type ConfigProblem = { readonly path: string; readonly message: string };

/** Thrown by synth when a configuration is wrong; the message lists every problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(environment: string, problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ path, message }) => `  ${path}: ${message}`);
    super(`the configuration of "${environment}" is wrong:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

type Check = (value: unknown) => string | undefined;

const LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3653];
const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);

const integer =
  (least: number, most: number, why: string): Check =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? undefined
      : `must be a whole number from ${least} to ${most} (${why}), but is ${shown(value)}.`;
const oneOf =
  (choices: readonly unknown[]): Check =>
  (value) =>
    choices.includes(value) ? undefined : `must be one of ${choices.map(shown).join(', ')}, but is ${shown(value)}.`;
const text =
  (pattern: RegExp, what: string): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? undefined : `must be ${what}, but is ${shown(value)}.`;

const url = text(/^https?:\/\/[\w.-]+(:\d+)?(\/[\w./-]*)?$/, 'an address like "https://vendor.example"');

/** Every field of the configuration and what it may hold. A field that is not listed here is refused. */
const FIELDS: Readonly<Record<string, Check>> = {
  name: oneOf(ENVIRONMENTS),
  awsRegion: text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region like "eu-central-1"'),
  'retention.streamDays': integer(7, 365, 'a week is the least that outlasts a long weekend of failing ingest'),
  'retention.logDays': oneOf(LOG_DAYS),
  'retention.archiveDays': integer(30, 36500, 'the archive rebuilds the ledger and explains invoices'),
  'ingest.batchingWindowSeconds': integer(0, 300, 'the service limit of a batching window'),
  'ingest.batchSize': integer(1, 10000, 'the service limit of a stream batch'),
  'ingest.lateAfterHours': integer(1, 720, 'hours behind the event time'),
  'ingest.horizonDays': integer(31, 3650, 'at least a month, so that a month can be corrected'),
  'ingest.settleSweepMinutes': integer(1, 1440, 'a sweep at least once a day'),
  'capacity.streamShards': integer(0, 10000, 'shards, or 0 for a stream that is paid by use'),
  'ledger.walkHour': integer(0, 23, 'UTC'),
  'ledger.sameIdHorizonDays': integer(
    2,
    400,
    'producers repeat themselves within days; every day more is read every night',
  ),
  'ledger.proofLock': oneOf(['governance', 'compliance']),
  'ledger.proofDays': integer(1, 36500, 'as long as anybody may doubt a number'),
  'close.graceHours': integer(0, 720, 'at most 30 days'),
  'close.carryBelowMinorUnits': integer(0, 10000, 'minor units of the currency of a correction'),
  'close.writeOffAfterDays': integer(31, 36500, 'a month to a century, which is never'),
  'close.postingWaitSeconds': integer(1, 3600, 'at most an hour between looks'),
  'close.approvalTimeoutSeconds': integer(60, 2592000, 'a minute to 30 days'),
  'close.schedule.dayOfMonth': integer(1, 28, 'a day that every month has'),
  'close.schedule.hour': integer(0, 23, 'UTC'),
  'endpoints.netsuite': url,
  'endpoints.gainsight': url,
  'eventsApi.requestsPerSecond': integer(1, 10000, 'the account limit of the gateway'),
  'eventsApi.burst': integer(1, 5000, 'the account limit of the gateway'),
  'eventsApi.requestsPerDay': integer(1, 1000000000, 'the quota of one key'),
  'signIn.passwordFlow': oneOf([true, false]),
  'signIn.mfa': oneOf(['optional', 'required']),
  'signIn.extraOrigin': text(/^(https?:\/\/[\w.-]+(:\d+)?)?$/, 'an origin like "https://usage.example" or ""'),
  'protection.terminationProtection': oneOf([true, false]),
  'protection.onDelete': oneOf(['destroy', 'retain']),
};
const units = integer(0, 40000, 'the service quota of a table, or 0 to pay by use');
for (const range of ['writeUnits', 'readUnits']) {
  Object.assign(FIELDS, { [`capacity.${range}.least`]: units, [`capacity.${range}.most`]: units });
}
for (const queue of QUEUES) {
  Object.assign(FIELDS, {
    [`queues.${queue}.maxReceiveCount`]: integer(1, 100, 'tries before the dead-letter queue'),
    [`queues.${queue}.visibilitySeconds`]: integer(1, 43200, 'the service limit is 12 hours'),
    [`queues.${queue}.timeoutSeconds`]: integer(1, 900, 'the service limit of a function'),
    [`queues.${queue}.concurrency`]: integer(2, 1000, 'the service limits of a queue consumer'),
    [`queues.${queue}.batchSize`]: integer(1, 10, 'more than 10 needs a batching window'),
  });
}

const EMAILS = 'alarms.emails';
/** A date ends in the last zone of the earth so many hours after it ended in UTC. */
const LAST_ZONE_HOURS = 12;
const email = text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'an e-mail address');

/** The leaves of an object by path. Lists are leaves. */
const leaves = (value: unknown, path = ''): Map<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map([[path, value]]);
  return new Map(
    Object.entries(value).flatMap(([key, field]) => [...leaves(field, path === '' ? key : `${path}.${key}`)]),
  );
};

/** What must hold between fields. */
const acrossFields = (config: EnvironmentConfig): ConfigProblem[] => {
  const problems: ConfigProblem[] = [];
  const require = (holds: boolean, path: string, message: string) => {
    if (!holds) problems.push({ path, message });
  };
  for (const name of QUEUES) {
    const { visibilitySeconds, timeoutSeconds } = config.queues[name];
    require(visibilitySeconds >=
      timeoutSeconds, `queues.${name}.visibilitySeconds`, `must be at least timeoutSeconds (${timeoutSeconds}), or a message is tried twice at once; it is ${visibilitySeconds}.`);
  }
  const { writeUnits, readUnits } = config.capacity;
  for (const [name, { least, most }] of Object.entries({ writeUnits, readUnits })) {
    require(least <= most &&
      (least > 0 ||
        most ===
          0), `capacity.${name}`, `must name at least 1 unit and at most as many as "most", or 0 for both to pay by use; it is ${least} to ${most}.`);
  }
  require(writeUnits.most > 0 ===
    readUnits.most >
      0, 'capacity', 'must name units for writes and for reads, or for neither: a table is paid in one way.');
  require(config.retention.archiveDays >=
    config.ingest
      .horizonDays, 'retention.archiveDays', `must be at least ingest.horizonDays (${config.ingest.horizonDays}): lines behind a correctable month may not expire.`);
  const { graceHours, schedule } = config.close;
  const opens = graceHours + LAST_ZONE_HOURS;
  require((schedule.dayOfMonth - 1) * 24 + schedule.hour >=
    opens, 'close.schedule', `must be at least ${opens} hours into the month (graceHours ${graceHours}, and ${LAST_ZONE_HOURS} until the month has ended in every zone), or every scheduled close finds its period not ready.`);
  if (config.name === 'dev') return problems;
  for (const name of QUEUES) {
    const { visibilitySeconds, timeoutSeconds } = config.queues[name];
    require(visibilitySeconds >=
      6 *
        timeoutSeconds, `queues.${name}.visibilitySeconds`, `must be at least six times timeoutSeconds (${6 * timeoutSeconds}) outside dev, as AWS advises for queues that feed functions; it is ${visibilitySeconds}.`);
  }
  require(config.protection
    .terminationProtection, 'protection.terminationProtection', 'must be true outside dev: the foundation holds the ledger.');
  require(config.protection.onDelete ===
    'retain', 'protection.onDelete', 'must be "retain" outside dev: the foundation holds the ledger.');
  require(config.alarms.emails.length > 0, EMAILS, 'must name at least one person outside dev, or no alarm is heard.');
  require(!config.signIn
    .passwordFlow, 'signIn.passwordFlow', 'must be false outside dev: a password sent directly passes by the second factor.');
  require(config.signIn.mfa === 'required', 'signIn.mfa', 'must be "required" outside dev: approvals move money.');
  for (const [vendor, address] of Object.entries(config.endpoints)) {
    require(address.startsWith('https://'), `endpoints.${vendor}`, 'must use https outside dev.');
  }
  return problems;
};

/**
 * Checks a configuration at run time, each field and what must hold between fields.
 * @throws {ConfigError} with every problem, each with its path and a sentence.
 */
export const validateConfig = (config: EnvironmentConfig): EnvironmentConfig => {
  const given = leaves(config);
  const emails = given.get(EMAILS);
  given.delete(EMAILS);
  const problems: ConfigProblem[] = [];
  for (const [path, check] of Object.entries(FIELDS)) {
    const message = given.has(path) ? check(given.get(path)) : 'is missing.';
    if (message !== undefined) problems.push({ path, message });
    given.delete(path);
  }
  for (const path of given.keys()) problems.push({ path, message: 'is not a field of the configuration; remove it.' });
  if (!Array.isArray(emails)) problems.push({ path: EMAILS, message: 'must be a list of e-mail addresses.' });
  else {
    emails.forEach((address, n) => {
      const message = email(address);
      if (message !== undefined) problems.push({ path: `${EMAILS}[${n}]`, message });
    });
  }
  // Rules between fields can only be told when each field is right.
  const all = problems.length > 0 ? problems : acrossFields(config);
  if (all.length > 0) throw new ConfigError(String(config.name), all);
  return config;
};
