import { describe, expect, it } from 'vitest';
import { proposePublication } from '../../../lambdas/catalog/propose.ts';
import type { PublishPorts } from '../../../lambdas/catalog/publication.ts';
import { approvePublication } from '../../../lambdas/catalog/publish.ts';
import { firstBroken } from '../../../lambdas/platform/audit-log.ts';
import { manualClock } from '../../../lambdas/platform/clock.ts';
import type { Role } from '../../../lambdas/platform/http-edge.ts';
import { priceOfQuantity } from '../../../lambdas/rating/price-of-quantity.ts';
import { memoryAuditLog } from '../../twins/memory-audit-log.ts';
import { memoryCatalog } from '../../twins/memory-catalog.ts';
import { exampleCompany, find, KNOWN, withBody } from './example-company.ts';

const company = exampleCompany();
const meter = find(company, 'meter', 'storage');

const setUp = (): PublishPorts => {
  const clock = manualClock('2026-11-01T10:00:00.000Z');
  return { catalog: memoryCatalog(), audit: memoryAuditLog(clock), clock, known: KNOWN, priceOf: priceOfQuantity };
};
const propose = (ports: PublishPorts, entries: unknown, proposer = 'ada') =>
  proposePublication(ports, { entries, proposer });
const approve = (
  ports: PublishPorts,
  { publicationId, hash }: { publicationId: string; hash: string },
  approver = 'grace',
  roles: readonly Role[] = ['finance-approver'],
) => approvePublication(ports, { publicationId, hash, approver, roles });

describe('publishing', () => {
  it('adds everything that a second person approved, with who and when', async () => {
    const ports = setUp();
    const proposal = await propose(ports, company);
    expect(await ports.catalog.history('meter')).toEqual([]);
    await approve(ports, proposal);
    expect(await ports.catalog.history('contract')).toHaveLength(24);
    expect(await ports.catalog.get('meter', 'storage', { effectiveAt: '2026-01-01T00:00:00.000Z' })).toMatchObject({
      version: 1,
      proposedBy: 'ada',
      publishedBy: 'grace',
      publishedAt: '2026-11-01T10:00:00.000Z',
      body: meter.body,
    });
    const told = await ports.audit.list(0, 10);
    expect(told.map((entry) => `${entry.actor} ${entry.action}`)).toEqual([
      'ada publication.propose',
      'grace publication.approve',
    ]);
    expect(firstBroken(told)).toBeUndefined();
  });

  it('skips what is published already, and makes the next version of what changed', async () => {
    const ports = setUp();
    await approve(ports, await propose(ports, company));
    const next = await propose(ports, [
      ...company.filter((entry) => entry !== meter),
      withBody(meter, { name: 'Disk' }),
    ]);
    expect(next.changes).toMatchObject([{ kind: 'meter', id: 'storage', version: 2, change: 'changed' }]);
    await approve(ports, next);
    expect((await ports.catalog.history('meter')).filter((entry) => entry.id === 'storage')).toHaveLength(2);
  });

  it('is idempotent: the same wish is the same publication, repeated approvals publish once', async () => {
    const ports = setUp();
    const first = await propose(ports, [meter]);
    expect(await propose(ports, [meter], 'linus')).toEqual(first);
    const published = await approve(ports, first);
    expect(await approve(ports, first)).toEqual(published);
    const nothing = await propose(ports, [meter]);
    expect(nothing).toMatchObject({ status: 'published', changes: [] });
    expect(await approve(ports, nothing)).toMatchObject({ status: 'published', changes: [] });
    expect(await ports.audit.list(0, 10)).toHaveLength(2);
  });

  it('refuses the proposer, also with another role', async () => {
    const ports = setUp();
    const proposal = await propose(ports, [meter]);
    await expect(approve(ports, proposal, 'ada')).rejects.toThrow(/MAKER_IS_CHECKER/);
    expect(await ports.catalog.history('meter')).toEqual([]);
  });

  it('lets an operator approve what moves no money, and nothing else', async () => {
    const ports = setUp();
    await approve(ports, await propose(ports, [meter]), 'grace', ['operator']);
    const money = await propose(ports, company);
    await expect(approve(ports, money, 'grace', ['operator'])).rejects.toThrow(/ROLE_MISSING/);
    await expect(approve(ports, money, 'grace', ['finance-preparer'])).rejects.toThrow(/ROLE_MISSING/);
  });

  it('refuses another hash than what was seen, and an unknown publication', async () => {
    const ports = setUp();
    const { publicationId } = await propose(ports, [meter]);
    await expect(approve(ports, { publicationId, hash: 'other' })).rejects.toThrow(/STALE_PUBLICATION/);
    await expect(approve(ports, { publicationId: 'pub-none', hash: 'x' })).rejects.toThrow(/NO_SUCH_PUBLICATION/);
  });

  it('refuses a proposal whose versions another publication took', async () => {
    const ports = setUp();
    const one = await propose(ports, [withBody(meter, { name: 'Disk' })]);
    const two = await propose(ports, [withBody(meter, { name: 'Drive' })]);
    await approve(ports, one);
    await expect(approve(ports, two)).rejects.toThrow(/CATALOG_CHANGED/);
    expect(await ports.catalog.history('meter')).toHaveLength(1);
  });

  it('numbers several versions of one id in one publication by time', async () => {
    const ports = setUp();
    const later = { ...withBody(meter, { name: 'Disk' }), effectiveFrom: '2027-01-01T00:00:00.000Z' };
    const proposal = await propose(ports, [later, meter]);
    expect(proposal.changes.map((change) => [change.version, change.effectiveFrom.slice(0, 4)])).toEqual([
      [1, '2024'],
      [2, '2027'],
    ]);
  });

  it('answers every flaw of a refused proposal, and stores nothing', async () => {
    const ports = setUp();
    const wrong = propose(ports, [withBody(meter, { eventType: 'x' }), withBody(meter, { name: 7 })]);
    await expect(wrong).rejects.toMatchObject({
      problem: {
        status: 400,
        code: 'ENTRIES_INVALID',
        errors: [{ path: '/entries/1/body/name', message: 'must be text and not empty' }],
      },
    });
    expect(await ports.audit.list(0, 10)).toEqual([]);
  });

  it('refuses more than one transaction holds', async () => {
    const many = Array.from({ length: 99 }, (_, n) => {
      const id = `m${n}`;
      return { ...withBody(meter, { id }), id };
    });
    await expect(propose(setUp(), many)).rejects.toThrow(/PUBLICATION_TOO_LARGE/);
  });
});
