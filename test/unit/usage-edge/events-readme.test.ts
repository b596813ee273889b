import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canonicalUsage } from '../../../lambdas/usage/events/canonical-usage.ts';
import { idHashOf } from '../../../lambdas/usage/events/event-identity.ts';
import { validate } from '../../../lambdas/usage/events/validate.ts';
import { chainName } from '../../../lambdas/usage/ledger/slot.ts';
import type { CanonicalUsage, Slot } from '../../../lambdas/usage/types.ts';
import { RECEIVED_AT } from './events.ts';

const text = readFileSync(new URL('../../../lambdas/usage/events/README.md', import.meta.url), 'utf8');
const [, judging = '', identity = '', corrections = ''] = text.split(/^## /m);

const base = JSON.parse(/```json\n([\s\S]*?)\n```/.exec(judging)?.[1] ?? '') as Record<string, unknown>;

/** The rows of a section's table: the change, and what the README says of it. */
const rowsOf = (section: string): (readonly [change: string, ...said: string[]])[] =>
  [...section.matchAll(/^\| `(\{.*\})` \|(.*)\|$/gm)].map(([, change = '', said = '']) => [
    change,
    ...said.split('|').map((cell) => cell.trim().replaceAll('`', '')),
  ]);

/** The line of the changed event. The change's text is put in as it stands: a number must keep the digits that it has. */
const lineOf = (change: string): string => {
  const names = Object.keys(JSON.parse(change) as object);
  const left = Object.fromEntries(Object.entries(base).filter(([name]) => !names.includes(name)));
  const added = change.slice(1, -1).replaceAll(/"\w+": null/g, '');
  return `${JSON.stringify(left).slice(0, -1)}${added === '' ? '' : ','}${added}}`;
};
const judge = (change: string) => validate(lineOf(change), RECEIVED_AT, { horizonDays: 400 });
const taken = (change: string): CanonicalUsage => {
  const verdict = judge(change);
  if (!verdict.ok) throw new Error(`${change}: ${verdict.rejection.message}`);
  const position = { stream: 'usage', shard: 's', sequence: '1', index: 0 };
  return canonicalUsage(verdict, { position, pointer: { key: 'k', line: 0 } }, 6);
};
const nameOf = (slot: Slot): string => chainName(slot).replace(/^2026-10-05T(\d\d:\d\d):00\.000Z/, '$1');

describe('the README of the event contract', () => {
  it.each(rowsOf(judging))('judges %s: %s %s', (change, said, place = '') => {
    const verdict = judge(change);
    expect(verdict.ok ? ['taken', ''] : [verdict.rejection.code, verdict.rejection.path]).toEqual([said, place]);
  });

  it.each(rowsOf(identity))('tells whether %s is the same event: %s', (change, said) => {
    const [changed, first] = [taken(change), taken('{}')];
    expect(changed.idHash).toBe(first.idHash);
    expect(changed.bodyHash === first.bodyHash ? 'yes' : 'no').toBe(said);
  });

  it.each(rowsOf(corrections))('finds the slot of %s, and what it cancels: %s, %s', (change, slot, cancels) => {
    const usage = taken(change);
    expect(nameOf(usage.slot)).toBe(slot);
    expect(usage.cancels?.idHash).toBe(idHashOf({ source: String(base.source), id: 'e-0' }));
    expect(`e-0 in ${usage.cancels ? nameOf(usage.cancels.slot) : ''}`).toBe(cancels);
  });

  it('has rows to look at', () => {
    expect([judging, identity, corrections].map((section) => rowsOf(section).length)).toEqual([18, 7, 4]);
  });
});
