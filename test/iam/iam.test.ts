import { afterAll, beforeAll, expect, it } from 'vitest';
import { clock } from '../../local/clock.ts';
import { signEverybodyIn } from '../../local/demo/people.ts';
import { type System, startSystem } from '../../local/system.ts';
import { outputOf } from '../../scripts/deploy/stacks.ts';
import { disagreements, runPath } from '../e2e/demo-path.ts';
import { backfill, cancelAndReplace, makeCare, prove, release } from '../e2e/ledger-care.ts';
import { denials } from './denials.ts';
import { allowAsAws, refuse } from './roles.ts';
import { stopDemandingTls } from './without-tls.ts';

/**
 * The demo's path while the emulator enforces IAM: each function has the rights of its own role and no others. The
 * app is deployed first, since the emulator refuses the CDK itself once it enforces, and its state carried over.
 */

const persisted = { PERSIST_STATE: '1', S3_PERSIST: '1' };
let system: System;

beforeAll(async () => {
  const log = (line: string): void => {
    process.stdout.write(`      ${line}\n`);
  };
  system = await startSystem({ log, console: false, emulatorSettings: persisted });
  log(`${await stopDemandingTls(system.cloud, 'meterbridge-dev')} buckets and queues answer without TLS`);
  await allowAsAws(system);
  await system.restartEmulator({ ...persisted, AUTH: 'true' });
  log('the emulator enforces IAM');
});
afterAll(() => system?.stop());

it('every function has the rights that the whole path needs', async () => {
  const whole = async () => {
    const report = await runPath(system, clock.now(), 'iam');
    const care = await makeCare(system);
    for (const each of [cancelAndReplace, backfill, release, prove]) await each(care);
    return report;
  };
  const [path] = await Promise.allSettled([whole()]);
  // What was refused says more than where the path stopped for it.
  expect(await denials(system)).toEqual([]);
  if (path.status === 'rejected') throw path.reason;
  expect(disagreements(path.value)).toEqual([]);
});

it('a right that a role does not have is refused', async () => {
  // Without this, an emulator that enforces nothing would pass the test above.
  await refuse(system, outputOf(system.outputs, 'OperationsApiFunctionName'), 'dynamodb:Query');
  const { operator } = await signEverybodyIn(system);
  await expect(operator.get('/audit')).rejects.toThrow('something failed here');
  const told = await denials(system);
  expect(told.filter((line) => line.includes('operations-api: dynamodb:Query'))).not.toEqual([]);
});
