import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clock } from '../../local/clock.ts';
import type { DemoReport } from '../../local/demo/report.ts';
import { localDirectory } from '../../local/paths.ts';
import { type System, startSystem } from '../../local/system.ts';
import { disagreements, runPath } from './demo-path.ts';

/**
 * The same path while functions die: ingest between archive and append and right after an append, posting right after the
 * ERP booked. Their bundles are the product's handlers with a death wrapped around one port (test/e2e/kill).
 */

const folder = path.join(localDirectory, 'e2e', 'deaths');
let system: System;
let report: DemoReport;

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  system = await startSystem({
    log: (line) => process.stdout.write(`      ${line}\n`),
    console: false,
    insteadOf: ['test/e2e/kill/ingest.handler.ts', 'test/e2e/kill/netsuite.handler.ts'],
    emulatorSettings: { MB_KILL_FOLDER: folder },
  });
  report = await runPath(system, clock.now(), 'kill');
});
afterAll(() => system?.stop());

describe('the path while functions die', () => {
  it('had every death it was to have', () => {
    expect(readdirSync(folder).sort()).toEqual([
      'ingest-between-archive-and-append',
      'ingest-right-after-the-append',
      'posting-right-after-the-effect',
    ]);
  });

  it('counts and bills the same, to the last digit', () => {
    expect(disagreements(report)).toEqual([]);
  });

  it('puts no document into the ERP twice', () => {
    const ids = system.sandboxes.netsuite.books().map(({ externalId }) => externalId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(24);
  });
});
