import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { correctionOf } from '../../../lambdas/usage/events/corrections.ts';
import { validate } from '../../../lambdas/usage/events/validate.ts';
import { QUARANTINE_CODES } from '../../../lambdas/usage/quarantine/quarantine.ts';
import { RECEIVED_AT } from './events.ts';

describe('docs/emitting-events.md', () => {
  const text = readFileSync(new URL('../../../docs/emitting-events.md', import.meta.url), 'utf8');
  const events = [...text.matchAll(/```json\n(\{\n {2}"specversion"[\s\S]*?\n\})\n```/g)].map(
    ([, event = '']) => event,
  );

  it('explains every quarantine code, in the order of the checks', () => {
    const rows = [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
    expect(rows).toEqual(QUARANTINE_CODES);
  });

  it('shows events that are taken: usage, a cancellation of it, and a replacement', () => {
    const verdicts = events.map((event) => validate(event, RECEIVED_AT, { horizonDays: 400 }));
    for (const verdict of verdicts) expect(verdict).toMatchObject({ ok: true, unknown: [] });
    const [usage, cancellation, replacement] = verdicts.flatMap((verdict) => (verdict.ok ? [verdict.event] : []));
    if (!usage || !cancellation || !replacement) throw new Error('an example is missing');
    const cancelled = correctionOf(cancellation);
    expect(cancelled.kind).toBe('cancellation');
    expect(correctionOf(replacement)).toEqual({ kind: 'usage', cancels: cancelled.cancels });
    expect(cancelled.cancels?.slot.start).toBe('2026-10-05T09:30:00.000Z');
    expect(usage.id).toBe(replacement.replaces);
  });
});
