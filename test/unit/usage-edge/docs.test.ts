import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validate } from '../../../lambdas/usage/events/validate.ts';
import { QUARANTINE_CODES } from '../../../lambdas/usage/quarantine/quarantine.ts';
import { RECEIVED_AT } from './events.ts';

describe('docs/events.md', () => {
  const text = readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8');

  it('explains every quarantine code, in the order of the checks', () => {
    const rows = [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
    expect(rows).toEqual(QUARANTINE_CODES);
  });

  it('shows an event that is taken', () => {
    const example = /```json\n(\{\n {2}"specversion"[\s\S]*?\n\})\n```/.exec(text)?.[1] ?? '';
    expect(validate(example, RECEIVED_AT, { horizonDays: 400 })).toMatchObject({ ok: true, unknown: [] });
  });
});
