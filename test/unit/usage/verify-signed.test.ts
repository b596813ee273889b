import { beforeEach, describe, expect, it } from 'vitest';
import { ledgerRoutes } from '../../../lambdas/operations/ledger-routes.ts';
import { chainsOf } from '../../../lambdas/usage/ledger/chain.ts';
import { utcDay } from '../../../lambdas/usage/ledger/slot.ts';
import { newestRoot, signedDay, verifyRoots } from '../../../lambdas/usage/prove/signed-heads.ts';
import { verifyPage } from '../../../lambdas/usage/prove/verify.ts';
import { compareHeads, dayHeadsKey, packDayHeads } from '../../../lambdas/usage/walk/chain-heads.ts';
import {
  type LedgerRoot,
  NO_ROOT,
  rootHash,
  rootKey,
  rootOf,
  signRoot,
} from '../../../lambdas/usage/walk/ledger-root.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memorySigner, memoryWalkObjects } from '../../twins/memory-walk.ts';
import { caller } from '../operations/call.ts';
import { type ProofWorld, proofWorld, traffic } from './proof-world.ts';

const signer = memorySigner();

let world: ProofWorld;
let proofs: ReturnType<typeof memoryWalkObjects>;
let objects: Map<string, Uint8Array>;
let audit: ReturnType<typeof memoryAuditLog>;
let previous: LedgerRoot | undefined;

/** Signs what the ledger and the audit log are now. */
const sign = async (): Promise<void> => {
  const heads = chainsOf(world.ledger.appends()).flatMap((chain) => {
    const { slot, version, hash } = chain.at(-1) ?? {};
    return slot === undefined || version === undefined || hash === undefined ? [] : [{ ...slot, version, hash }];
  });
  const days = [...Map.groupBy(heads, ({ start }) => utcDay(start))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, own]) => {
      const { summary, body } = packDayHeads(day, own.sort(compareHeads));
      objects.set(dayHeadsKey(summary), body);
      return summary;
    });
  const last = await audit.head();
  const parts = { days, audit: { sequence: last?.sequence ?? 0, hash: last?.hash ?? NO_ROOT } };
  const root: LedgerRoot = {
    format: 1,
    number: (previous?.number ?? 0) + 1,
    walkId: 'walk-1',
    at: world.clock.now(),
    previous: previous === undefined ? NO_ROOT : rootHash(previous),
    ...parts,
    root: rootOf(parts),
  };
  objects.set(rootKey(root.number), Buffer.from(JSON.stringify(await signRoot(signer, root))));
  previous = root;
};

beforeEach(async () => {
  world = proofWorld();
  proofs = memoryWalkObjects();
  objects = proofs.objects;
  audit = memoryAuditLog(world.clock);
  previous = undefined;
  await audit.append({ actor: 'olga', action: 'x.y', target: 'z', details: {} });
  await traffic(world);
  await sign();
});

const verify = async () => {
  const root = await newestRoot(proofs);
  if (root === undefined) throw new Error('no root');
  const subjects = (await world.ports.subjects.list()).map(({ subject }) => subject);
  const ports = { ...world.ports, signed: (day: string) => signedDay(proofs, root, day) };
  return verifyPage(ports, { subjects, start: '2026-09-01', end: '2026-11-01' }, () => false);
};

const remove = (part: string): void => {
  const key = [...world.ledger.items.keys()].find((name) => name.includes(part));
  if (key === undefined) throw new Error(`the ledger has no ${part}`);
  world.ledger.items.delete(key);
};

describe('chains beside a signed root', () => {
  it('are whole, also when more was appended since', async () => {
    expect((await verify()).broken).toEqual([]);
    await traffic(world);
    expect((await verify()).broken).toEqual([]);
  });

  it('show what was cut off at their end before any settle, and a subject that is gone altogether', async () => {
    remove('org-01#2026-10-02 2026-10-02T02:00:00.000Z#00000002');
    remove('org-02#2026-10-01 2026-10-01T00:00:00.000Z#00000001');
    world.ports.subjects.list = async () => [];
    expect((await verify()).broken).toMatchObject([
      {
        subject: 'org-02',
        start: '2026-10-01T00:00:00.000Z',
        reason: 'CUT',
        message: expect.stringContaining('signed root'),
      },
      { subject: 'org-01', start: '2026-10-02T02:00:00.000Z', version: 2, reason: 'CUT' },
    ]);
  });

  it('show that they were made anew, though they are whole', async () => {
    const other = proofWorld('2026-11-11T00:00:00.000Z');
    await traffic(other);
    for (const [key, item] of other.ledger.items) world.ledger.items.set(key, item);
    const { broken } = await verify();
    expect(broken.length).toBeGreaterThan(3);
    expect(broken.every(({ reason, message }) => reason === 'HASH' && message.includes('another one'))).toBe(true);
  });

  it('are not compared with heads that are not what was signed', async () => {
    const key = [...objects.keys()].find((name) => name.startsWith('heads/2026-10-01'));
    const forged = packDayHeads('2026-10-01', []);
    objects.set(key ?? '', forged.body);
    await expect(verify()).rejects.toThrow('not what was signed');
  });
});

describe('signed roots', () => {
  const roots = async (after = 0) => verifyRoots(proofs, await signer.publicKey(), after);

  it('are verified one after another, page by page', async () => {
    for (let n = 0; n < 101; n += 1) await sign();
    const first = await roots();
    expect(first).toEqual({ roots: 100, faults: [], next: '100' });
    expect(await roots(100)).toMatchObject({ roots: 2, faults: [], newest: { number: 102 } });
    expect(await verifyRoots(memoryWalkObjects(), await signer.publicKey(), 0)).toEqual({ roots: 0, faults: [] });
  });

  it('show a root that was changed, left out, or signed by somebody else', async () => {
    for (let n = 0; n < 3; n += 1) await sign();
    const other = await memorySigner().publicKey();
    expect((await verifyRoots(proofs, other, 0)).faults).toHaveLength(4);
    objects.delete(rootKey(3));
    expect((await roots()).faults).toEqual(['root 4 does not follow root 2']);
    objects.delete(rootKey(1));
    expect((await roots()).faults).toContain('the first root is number 2');
  });

  it('show over the API an audit log that is not what the newest root names', async () => {
    const ask = async (list: typeof audit.list) => {
      const call = caller(
        ledgerRoutes({
          usage: world.ports,
          catalog: world.catalog,
          starter: { jobs: {} as never, functions: {}, clock: world.clock, ids: world.ports.ids },
          proofs,
          publicKey: () => signer.publicKey(),
          audit: { list },
        }),
      );
      return (await call({ method: 'GET', path: '/v1/ledger/roots/verification' })).body;
    };
    expect(await ask(audit.list)).toMatchObject({ roots: 1, faults: [], newest: { number: 1 } });
    expect(await ask(async () => [])).toMatchObject({
      faults: ['the audit log does not hold entry 1 as root 1 names it'],
    });
  });
});
