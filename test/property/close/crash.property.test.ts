import { describe, expect, it } from 'vitest';
import {
  approveAll,
  Crash,
  catalogOf,
  documentsOf,
  type Faults,
  goOn,
  makeWorld,
  runMachine,
  start,
  type World,
} from '../../unit/close/close-world.ts';

/** Runs something that may crash; the machine would start it again. */
const orCrash = async (run: () => Promise<unknown>): Promise<boolean> => {
  try {
    await run();
    return true;
  } catch (error) {
    if (error instanceof Crash) return false;
    throw error;
  }
};

/** A close that crashes at one effect, is started again, and is approved by a second person. */
const closeWithCrash = async (faults: Faults | undefined): Promise<{ world: World; closeId: string }> => {
  const world = makeWorld(catalogOf(), faults);
  world.usage.set('org-a1', '150').set('org-a3', '300');
  world.ownerless.push({ subject: 'org-99', events: 3 });
  const closeId = await start(world);
  for (let tries = 0; tries < 3 && !(await orCrash(() => runMachine(world, closeId))); tries += 1) {
    world.clock.advance(60_000);
  }
  await approveAll(world, closeId);
  for (let tries = 0; tries < 3 && !(await orCrash(() => goOn(world, closeId))); tries += 1) {
    world.clock.advance(60_000);
  }
  // An ERP that did not answer is no crash but a recorded failure: a person starts the close again.
  if ((await world.store.close(closeId))?.status === 'failed') {
    await start(world);
    await runMachine(world, closeId);
  }
  return { world, closeId };
};

const outcome = async ({ world, closeId }: { world: World; closeId: string }) => ({
  status: (await world.store.close(closeId))?.status,
  documents: (await documentsOf(world, closeId)).map(({ documentId, total }) => [documentId, total]),
  manifests: (await world.store.manifests(closeId)).map(({ hash, totals, status }) => ({ hash, totals, status })),
  books: [...world.erp.books].sort(([a], [b]) => (a < b ? -1 : 1)),
  exceptions: (await world.store.exceptions({ start: '2026-10-01', end: '2026-11-01' })).map(({ kind }) => kind),
});

describe('a close that crashes between any two effects', () => {
  it('ends as one that never crashed: same documents, same hash, same books, each once', async () => {
    const counting: Faults = { at: -1, when: 'before', seen: 0 };
    const calm = await outcome(await closeWithCrash(counting));
    expect(calm.status).toBe('done');
    expect(calm.books).toHaveLength(3);
    // Not drawn: every effect, before and after.
    const differ: string[] = [];
    for (let at = 1; at <= counting.seen; at += 1) {
      for (const when of ['before', 'after'] as const) {
        const crashed = await outcome(await closeWithCrash({ at, when, seen: 0 }));
        if (JSON.stringify(crashed) !== JSON.stringify(calm)) differ.push(`${when} effect ${at}: ${crashed.status}`);
      }
    }
    expect(differ).toEqual([]);
    expect(counting.seen).toBeGreaterThan(100);
    // Some hundred closes, one after another.
  }, 60_000);
});
