import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { PreviewSum } from '../../../lambdas/preview/types.ts';
import { catalogOf, closeAll, makeWorld } from '../close/close-world.ts';
import { bookWith, callsAt, runPreview } from './preview-world.ts';

const README = readFileSync(new URL('../../../lambdas/preview/README.md', import.meta.url), 'utf8').replaceAll(
  '\n',
  ' ',
);

it('the README of previews computes what it says', async () => {
  const world = makeWorld(catalogOf());
  world.usage.set('org-a1', '1100');
  world.usage.set('org-a2', '150');
  await closeAll(world);
  const row = (name: string, sum: PreviewSum | undefined): string =>
    `| ${name} | ${sum?.before} | ${sum?.after} | ${sum?.difference} | ${sum?.percent} % |`;
  const usd = { accounts: ['a1', 'a2'] };
  const cheaper = (await runPreview(world, callsAt('0.05'), usd)).report;
  for (const winner of cheaper.winners) expect(README).toContain(row(winner.account, winner));
  expect(cheaper.winners).toHaveLength(2);
  expect(README).toContain(row('both', cheaper.totals[0]));

  const { losers, atRisk } = (await runPreview(world, callsAt('0.12'), usd)).report;
  for (const { account, after, percent } of losers) {
    expect(README).toMatch(new RegExp(`\`${account}\` (would pay )?${after} \\(up ${percent} %\\)`));
  }
  expect(atRisk.amounts).toEqual([{ currency: 'USD', amount: '150.00' }]);
  expect(README).toContain('paid: 150.00');

  const body = bookWith([
    {
      step: 'volume',
      tiers: [
        { upTo: '1000', unitPrice: '0.10' },
        { upTo: null, unitPrice: '0.05' },
      ],
    },
  ]);
  const { cliffs } = (await runPreview(world, { book: { replaces: 'list-usd', source: 'a test', body } }, usd)).report;
  expect(README).toContain(`1,000 calls cost ${cliffs[0]?.atEdge} and 1,001 cost ${cliffs[0]?.beyond}`);
});
