import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ChainHead, headLine, packDayHeads } from '../../../lambdas/usage/walk/chain-heads.ts';
import {
  isIncluded,
  type LedgerRoot,
  NO_ROOT,
  proveInclusion,
  rootOf,
} from '../../../lambdas/usage/walk/ledger-root.ts';
import { leafHash, merkleRoot } from '../../../lambdas/usage/walk/merkle.ts';
import {
  countingPlaces,
  decided,
  observed,
  type SameIdFinding,
  type SeenPlace,
} from '../../../lambdas/usage/walk/same-id.ts';
import { passesFor } from '../../../lambdas/usage/walk/same-id-sweep.ts';
import { dev } from '../../../lib/config/dev.ts';

const README = readFileSync(new URL('../../../lambdas/usage/walk/README.md', import.meta.url), 'utf8');
const rowsUnder = (header: string): string[][] => {
  const lines = README.slice(README.indexOf(header)).split('\n').slice(2);
  const rows = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('|')),
  );
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
};

describe('the README of the walk', () => {
  it('says what becomes of an id', () => {
    let finding: SameIdFinding | undefined;
    const seen: SeenPlace[] = [];
    const cancelled = new Set<string>();
    const rows = rowsUnder('| seen or decided |');
    expect(rows).toHaveLength(6);
    for (const [what = '', state, counts] of rows) {
      const accepted = /^accepted in (\w) at (\d\d:\d\d)$/.exec(what);
      const decision = /^decided (first|all)$/.exec(what);
      if (accepted !== null) {
        const [, start = '', at] = accepted;
        seen.push({ subject: 'org-01', start, version: 1, appendedAt: `2026-10-05T${at}:00.000Z` });
      }
      const gone = /^(\w) is cancelled$/.exec(what);
      if (gone !== null) cancelled.add(`org-01#${gone[1]}`);
      if (decision === null) {
        const draft = observed(finding, { idHash: 'aa', accepted: seen, cancelled }, 'now');
        const places = (draft?.places ?? []).map((place) => ({ ...place, pointer: { key: 'k', line: 0 } }));
        finding = draft === undefined ? finding : { ...draft, places };
      } else if (finding !== undefined) {
        finding = decided(finding, {
          keep: decision[1] === 'all' ? 'all' : 'first',
          reason: 'r',
          by: 'olga',
          at: 'now',
        });
      }
      const counting = finding === undefined ? seen : countingPlaces(finding);
      expect([what, finding?.state ?? 'none', counting.map(({ start }) => start).join(' ')]).toEqual([
        what,
        state,
        counts,
      ]);
    }
  });

  it('says how many passes there are, and how far apart ids are compared', () => {
    const rows = rowsUnder('| | new ids |').map(
      ([, ids = '', , passes]) => [Number.parseFloat(ids) * 1e6, passes] as const,
    );
    expect(rows.map(([ids]) => String(passesFor(ids)))).toEqual(rows.map(([, passes]) => passes));
    expect(README).toContain(`at most ${dev.ledger.sameIdHorizonDays} days apart`);
  });

  it('draws the tree that there is, and proves one chain in it', () => {
    const drawn = README.slice(README.indexOf('root 7dc1e6bb'), README.indexOf('└── audit'));
    const heads = [...drawn.matchAll(/([0-9a-f]{8}) +(\S+) (\S+Z) version (\d) (\w)\w{3}$/gm)].map(
      ([, leaf, subject = '', start = '', version, digit = '']) => {
        const head: ChainHead = { subject, start, version: Number(version), hash: digit.repeat(64) };
        expect(leafHash(headLine(head)).toString('hex').slice(0, 8)).toBe(leaf);
        return head;
      },
    );
    const days = ['2026-10-05', '2026-10-06'].map((day) => {
      const { summary } = packDayHeads(
        day,
        heads.filter(({ start }) => start.startsWith(day)),
      );
      expect(drawn).toContain(
        `day ${day}, ${summary.count} head${summary.count === 1 ? '' : 's'}, root ${summary.root.slice(0, 8)}`,
      );
      return summary;
    });
    const two = heads.slice(0, 2).map((head) => leafHash(headLine(head)));
    expect(drawn).toContain(`node ${merkleRoot(two).toString('hex').slice(0, 8)}`);
    const parts = { days, audit: { sequence: 7, hash: 'e'.repeat(64) } };
    const root: LedgerRoot = {
      format: 1,
      number: 1,
      walkId: 'w',
      at: 'now',
      previous: NO_ROOT,
      ...parts,
      root: rootOf(parts),
    };
    expect(drawn).toContain(`root ${root.root.slice(0, 8)}`);

    const proof = proveInclusion(root, heads.slice(0, 3), { subject: 'org-01', start: '2026-10-05T00:15:00.000Z' });
    if (proof === undefined) throw new Error('the chain is not in the tree');
    expect(isIncluded(proof, root.root)).toBe(true);
    const told = README.slice(README.indexOf('That the chain of org-01'));
    const named = [...told.matchAll(/`([0-9a-f]{8})`/g)].map(([, hash]) => hash);
    expect([...proof.path, ...proof.dayPath].map((hash) => hash.slice(0, 8))).toEqual(named);
  });
});
