import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readDailyUsage } from '../../../lambdas/usage/read/daily-usage.ts';
import { dimensionText, type LedgerFigure, recompute } from '../../../ops/recompute/recompute.ts';
import { PROOF_METERS, type ProofWorld } from './proof-world.ts';
import { ALWAYS } from './usage-world.ts';

const RANGE = { start: '2026-10-01', end: '2026-10-06', early: '1970-01-01' };

const jsonLines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** The ledger's own daily figures. */
export const figuresOf = async (world: ProofWorld): Promise<LedgerFigure[]> => {
  const goesOn = new Set(['LATEST', 'TIME_WEIGHTED']);
  const aggregation = new Map(PROOF_METERS.map(({ id, body }) => [id, body.aggregation]));
  const figures: LedgerFigure[] = [];
  for (const { subject } of await world.ports.subjects.list()) {
    const { days } = await readDailyUsage(world.ports, {
      subjects: [{ subject, ...ALWAYS }],
      start: RANGE.start,
      end: RANGE.end,
      meters: PROOF_METERS,
    });
    for (const { day, usage } of days) {
      for (const { meter, unit, dimensions, quantity } of usage) {
        const how = aggregation.get(meter) ?? '';
        figures.push({
          subject,
          day,
          meter,
          aggregation: how,
          unit: goesOn.has(how) ? '' : unit,
          dimensions: dimensionText(dimensions),
          quantity,
        });
      }
    }
  }
  return figures;
};

/** Recomputes from what a world's archive and quarantine hold, against figures. */
export const recomputeWorld = async (
  world: ProofWorld,
  figures: readonly LedgerFigure[],
  folder: string,
  closedBackfills: readonly string[] = [],
) => {
  const archive = [...world.objects.objects].map(([key, body]) => {
    const file = path.join(folder, key);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, body);
    return file;
  });
  const { entries } = await world.quarantine.list({}, 1_000);
  const [quarantined, ledger] = [path.join(folder, 'quarantined.ndjson'), path.join(folder, 'ledger.ndjson')];
  writeFileSync(
    quarantined,
    jsonLines(entries.map(({ position: { index, ...rest } }) => ({ ...rest, at_index: index }))),
  );
  writeFileSync(ledger, jsonLines(figures));
  return recompute({
    range: RANGE,
    archive,
    quarantined,
    closedBackfills,
    meters: PROOF_METERS,
    ledger,
    scratch: folder,
  });
};
