import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cancelLine, lineOf, proofWorld } from '../../unit/usage/proof-world.ts';
import { figuresOf, recomputeWorld } from '../../unit/usage/recomputed-world.ts';
import { restore, told } from '../../unit/usage/restored-world.ts';

/** Few of everything, so that ids, slots and corrections meet. */
const SUBJECTS = ['org-01', 'org-02'];
const TIMES = ['2026-10-01T00:05:00Z', '2026-10-01T00:10:00Z', '2026-10-01T23:50:00Z', '2026-10-02T00:00:00Z'];
const IDS = ['a', 'b', 'c', 'd', 'e'];
const place = fc.record({ subject: fc.constantFrom(...SUBJECTS), time: fc.constantFrom(...TIMES) });
const id = fc.constantFrom(...IDS);
const count = fc.integer({ min: 1, max: 3 });

const usage = fc
  .record({ id, at: place, count, type: fc.constantFrom('api', 'storage', 'user', 'seats') })
  .map((made) => {
    const { subject, time } = made.at;
    // One id is always of one type: what differs is its number, and that is a conflict.
    const own = `${made.type}-${made.id}`;
    switch (made.type) {
      case 'api':
        return lineOf(own, subject, time, 'api.requests', { count: made.count, endpoint: 'read' });
      case 'storage':
        return lineOf(own, subject, time, 'storage.sampled', { gb: `${made.count}.5` });
      case 'user':
        return lineOf(own, subject, time, 'user.active', { userId: `user-${made.count}` });
      default:
        return lineOf(own, subject, time, 'seats.changed', { seats: made.count });
    }
  });
const cancellation = fc
  .record({ id, at: place })
  .map((made) => cancelLine(`x-${made.id}`, `api-${made.id}`, made.at.subject, made.at.time));
const replacement = fc
  .record({ id, at: place, was: fc.constantFrom(...TIMES), count })
  .map((made) =>
    lineOf(
      `r-${made.id}`,
      made.at.subject,
      made.at.time,
      'api.requests',
      { count: made.count, endpoint: 'write' },
      { replaces: `api-${made.id}`, replacestime: made.was },
    ),
  );
const line = fc.oneof(
  { weight: 6, arbitrary: usage },
  { weight: 1, arbitrary: cancellation },
  { weight: 1, arbitrary: replacement },
);
const batches = fc.array(fc.array(line, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 });

const worldOf = async (packs: readonly (readonly string[])[]) => {
  const world = proofWorld();
  for (const [n, pack] of packs.entries()) {
    world.clock.advance(1_000);
    const again = await world.deliver([pack], `shardId-00000000000${n % 2}`);
    if (n % 3 === 0) await again();
  }
  return world;
};

it('whatever came, the archive alone gives the same ledger again', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (packs) => {
      const world = await worldOf(packs);
      expect(told((await restore(world, [])).ledger)).toEqual(told(world.ledger));
    }),
    { numRuns: 60 },
  );
});

it('whatever came, SQL over the archive gives the same figures', { timeout: 20_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'prove-'));
  try {
    await fc.assert(
      fc.asyncProperty(batches, async (packs) => {
        const world = await worldOf(packs);
        const { differences } = await recomputeWorld(world, await figuresOf(world), folder);
        expect(differences).toEqual([]);
      }),
      { numRuns: 12 },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
