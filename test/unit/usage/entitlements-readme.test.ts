import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { october } from './entitlements-world.ts';

const README = readFileSync(new URL('../../../lambdas/usage/entitlements/README.md', import.meta.url), 'utf8');

it('the README of entitlements answers as its table says', async () => {
  const { ask } = await october();
  const answer = (await ask('acct-01', 'calls'))?.entitlements[0];
  const { forecast } = answer ?? {};
  const said: Readonly<Record<string, unknown>> = {
    allowed: answer?.allowed,
    used: answer?.used,
    left: answer?.left,
    resetsAt: answer?.resetsAt,
    'forecast.perDay': forecast?.perDay,
    'forecast.exhaustedAt': forecast?.exhaustedAt,
    'forecast.atReset': forecast?.atReset,
    'forecast.restsOn': JSON.stringify(forecast?.restsOn),
  };
  const rows = Object.entries(said).map(([field, value]) => `| \`${field}\` | \`${value}\` |`);
  for (const row of rows) expect(README).toContain(row);
});
