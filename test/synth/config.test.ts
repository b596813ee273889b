import { describe, expect, it } from 'vitest';
import { dev } from '../../lib/config/dev.ts';
import { configFor } from '../../lib/config/index.ts';
import { prod } from '../../lib/config/prod.ts';
import type { EnvironmentConfig } from '../../lib/config/types.ts';
import { ConfigError, type ConfigProblem, validateConfig } from '../../lib/config/validate.ts';

const problemsOf = (config: unknown): readonly ConfigProblem[] => {
  try {
    validateConfig(config as EnvironmentConfig);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('configuration', () => {
  it.each(['dev', 'stage', 'prod'])('of %s is right', (name) => {
    expect(configFor(name).name).toBe(name);
  });

  it('of an unknown environment fails with the names there are', () => {
    expect(() => configFor('test')).toThrow(/env: must be one of dev, stage, prod/);
  });

  const { retention, ingest } = dev;
  const wrong: [string, unknown, string, RegExp][] = [
    [
      'a stream that forgets within days',
      { ...dev, retention: { ...retention, streamDays: 6 } },
      'retention.streamDays',
      /from 7 to 365 .*but is 6\.$/,
    ],
    [
      'a window above the limit',
      { ...dev, ingest: { ...ingest, batchingWindowSeconds: 301 } },
      'ingest.batchingWindowSeconds',
      /from 0 to 300/,
    ],
    [
      'text for a number',
      { ...dev, ingest: { ...ingest, lateAfterHours: '24' } },
      'ingest.lateAfterHours',
      /but is "24"\.$/,
    ],
    [
      'capacity without an end',
      { ...dev, capacity: { ...dev.capacity, writeUnits: { least: 5, most: 0 } } },
      'capacity.writeUnits',
      /at most as many as "most"/,
    ],
    [
      'capacity that begins nowhere',
      { ...dev, capacity: { ...dev.capacity, writeUnits: { least: 1, most: 5 }, readUnits: { least: 0, most: 5 } } },
      'capacity.readUnits',
      /at least 1 unit/,
    ],
    [
      'capacity for writes alone',
      { ...dev, capacity: { ...dev.capacity, writeUnits: { least: 5, most: 50 } } },
      'capacity',
      /for writes and for reads, or for neither/,
    ],
    ['half a batch', { ...dev, ingest: { ...ingest, batchSize: 0.5 } }, 'ingest.batchSize', /whole number/],
    [
      'log days that CloudWatch does not know',
      { ...dev, retention: { ...retention, logDays: 8 } },
      'retention.logDays',
      /one of 1, 3, 5/,
    ],
    ['no AWS region', { ...dev, awsRegion: 'frankfurt' }, 'awsRegion', /like "eu-central-1"/],
    [
      'an endpoint without scheme',
      { ...dev, endpoints: { ...dev.endpoints, gainsight: 'larkspur' } },
      'endpoints.gainsight',
      /an address like/,
    ],
    [
      'a field that is missing',
      { ...dev, signIn: { passwordFlow: true, mfa: 'optional' } },
      'signIn.extraOrigin',
      /^is missing\.$/,
    ],
    ['a field that is misspelt', { ...dev, retenttion: 1 }, 'retenttion', /is not a field/],
    ['an address that is none', { ...prod, alarms: { emails: ['on call'] } }, 'alarms.emails[0]', /an e-mail address/],
    ['alarms that are no list', { ...dev, alarms: { emails: 'a@b.example' } }, 'alarms.emails', /must be a list/],
    [
      'a message that is tried twice at once',
      { ...dev, queues: { ...dev.queues, netsuite: { ...dev.queues.netsuite, visibilitySeconds: 5 } } },
      'queues.netsuite.visibilitySeconds',
      /at least timeoutSeconds \(6\)/,
    ],
    [
      'a scheduled close that always comes too early',
      { ...prod, close: { ...prod.close, schedule: { dayOfMonth: 3, hour: 11 } } },
      'close.schedule',
      /at least 60 hours into the month/,
    ],
    [
      'production whose messages come back while they are worked on',
      { ...prod, queues: { ...prod.queues, spill: { ...prod.queues.spill, visibilitySeconds: 719 } } },
      'queues.spill.visibilitySeconds',
      /six times timeoutSeconds \(720\)/,
    ],
    [
      'an archive that forgets before the horizon',
      { ...dev, ingest: { ...ingest, horizonDays: 401 } },
      'retention.archiveDays',
      /at least ingest\.horizonDays/,
    ],
    [
      'production without protection',
      { ...prod, protection: { ...prod.protection, terminationProtection: false } },
      'protection.terminationProtection',
      /outside dev/,
    ],
    [
      'production that deletes',
      { ...prod, protection: { ...prod.protection, onDelete: 'destroy' } },
      'protection.onDelete',
      /outside dev/,
    ],
    ['production that nobody hears', { ...prod, alarms: { emails: [] } }, 'alarms.emails', /at least one person/],
    [
      'production with passwords alone',
      { ...prod, signIn: { ...prod.signIn, mfa: 'optional' } },
      'signIn.mfa',
      /approvals move money/,
    ],
    [
      'production without a second factor on the command line',
      { ...prod, signIn: { ...prod.signIn, passwordFlow: true } },
      'signIn.passwordFlow',
      /outside dev/,
    ],
    [
      'production without TLS to a vendor',
      { ...prod, endpoints: { ...prod.endpoints, netsuite: 'http://erp.example' } },
      'endpoints.netsuite',
      /https/,
    ],
  ];
  it.each(wrong)('refuses %s, with path and sentence', (_what, config, path, message) => {
    const problems = problemsOf(config);
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(problems[0]?.message).toMatch(message);
  });

  it('names every problem at once', () => {
    const config = { ...dev, awsRegion: '', retention: { ...retention, streamDays: 1, logDays: 2 } };
    expect(problemsOf(config).map(({ path }) => path)).toEqual([
      'awsRegion',
      'retention.streamDays',
      'retention.logDays',
    ]);
    expect(() => validateConfig(config)).toThrow('the configuration of "dev" is wrong:\n  awsRegion: ');
  });
});
