import { join } from 'node:path';
import { auditChain } from '../../ops/commands/audit.ts';
import { verifyChains } from '../../ops/commands/ledger.ts';
import { recomputeFigures } from '../../ops/commands/recompute.ts';
import { grouped } from '../../ops/print.ts';
import { outputOf } from '../../scripts/deploy/stacks.ts';
import { connectCloud } from '../cloud.ts';
import type { System } from '../system.ts';
import type { People } from './people.ts';
import type { DemoReport } from './report.ts';
import { around } from './usage-part.ts';

/** Verifies the chains of the ledger around a period, and the whole audit log. */
export const verify = async (
  people: People,
  start: string,
  end: string,
): Promise<Pick<DemoReport, 'ledger' | 'audit'>> => {
  const { start: from, end: to } = around(start, end);
  const ledger = await verifyChains(people.operator, from, to);
  const audit = await auditChain(people.operator);
  return { ledger: { slots: ledger.slots, appends: ledger.appends, broken: ledger.broken.length }, audit };
};

/** Computes every daily figure of the period again from the archive alone, in SQL, by another engine. */
export const recomputeAll = async (
  system: System,
  people: People,
  period: { readonly start: string; readonly end: string; readonly directory: string },
  note: (text: string) => void,
): Promise<DemoReport['recomputed']> => {
  const { s3 } = connectCloud(system);
  const archive = { s3, bucket: outputOf(system.outputs, 'ArchiveBucket') };
  const { start, end, directory } = period;
  const folder = join(directory, 'archive');
  const { found, seconds } = await recomputeFigures(people.operator, archive, { start, end, folder }, () => undefined);
  s3.destroy();
  const sum = (count: (meter: (typeof found.meters)[number]) => number): number =>
    found.meters.reduce((total, meter) => total + count(meter), 0);
  const result = { lines: found.lines, figures: sum((m) => m.figures), different: sum((m) => m.different) };
  note(`${grouped(result.figures)} figures from ${grouped(found.lines)} lines, ${seconds} s in DuckDB`);
  return result;
};
