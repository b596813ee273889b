import { proposePublication } from '../../lambdas/catalog/propose.ts';
import type { PublishPorts } from '../../lambdas/catalog/publication.ts';
import { approvePublication } from '../../lambdas/catalog/publish.ts';
import type { CatalogEntry, PriceBook } from '../../lambdas/catalog/types.ts';
import { catalogRoutes } from '../../lambdas/operations/catalog-routes.ts';
import { priceBookRoutes } from '../../lambdas/operations/price-book-routes.ts';
import { systemClock } from '../../lambdas/platform/clock.ts';
import { POLICY_IDS } from '../../lambdas/rating/policies.ts';
import { priceOfQuantity } from '../../lambdas/rating/price-of-quantity.ts';
import { eventTypes } from '../../lambdas/usage/events/schemas.ts';
import { type CatalogFile, readCatalogFiles } from '../../ops/catalog-files.ts';
import { memoryAuditLog } from '../twins/memory-audit-log.ts';
import { memoryCatalog } from '../twins/memory-catalog.ts';
import type { Answer, Request } from './api.ts';
import { answerByRoutes } from './real-routes.ts';

/**
 * The catalog behind the fake API: the real routes over a catalog in memory. The example company is published; the next
 * dollar list is submitted with an accepted cliff, the next euro list is a draft that is doubted.
 */
export type FakeCatalog = { readonly answer: (request: Request) => Promise<Answer> };

const PREPARER = 'priya.preparer';
const APPROVER = 'anna.approver';

type BookFile = CatalogFile & { readonly body: unknown };

const nextVersion = (file: BookFile, change: (book: PriceBook) => PriceBook): unknown => ({
  ...file,
  effectiveFrom: '2031-01-01T00:00:00.000Z',
  body: change(file.body as PriceBook),
});

/** Seats in bulk: 16 cost less than 15. */
const inBulk = (book: PriceBook): PriceBook => ({
  ...book,
  prices: [
    ...book.prices.map((price) =>
      price.id === 'team-api-calls'
        ? { ...price, steps: [{ step: 'allowance', quantity: '25000' } as const, ...price.steps.slice(1)] }
        : price,
    ),
    {
      id: 'team-bulk',
      product: 'ai-summaries',
      description: 'Team plan, summaries in bulk',
      meter: 'ai_summaries',
      perDimensions: [],
      steps: [
        {
          step: 'volume',
          tiers: [
            { upTo: '15', unitPrice: '10.00' },
            { upTo: null, unitPrice: '5.00' },
          ],
        },
      ],
    },
  ],
});

/** @param rows 0 = an empty catalog; many = so many superseded versions of one list. */
export const makeCatalog = (rows: number | undefined): FakeCatalog => {
  const files = readCatalogFiles(new URL('../../catalog', import.meta.url).pathname, '2026-10').filter(
    ({ kind }) => kind !== 'mapping',
  );
  const book = (id: string): BookFile => {
    const found = files.find((file) => file.kind === 'price-book' && file.id === id);
    if (found === undefined) throw new Error(`the example company has no price book "${id}"`);
    return found;
  };
  const old = (n: number): CatalogEntry => ({
    kind: 'price-book',
    id: 'list-old',
    version: n + 1,
    effectiveFrom: new Date(Date.UTC(2010, 0, 1 + n)).toISOString(),
    hash: 'f'.repeat(64),
    publishedAt: '2010-01-01T00:00:00.000Z',
    proposedBy: PREPARER,
    publishedBy: APPROVER,
    body: { ...(book('list-usd').body as PriceBook), id: 'list-old', name: 'A price list with a very long name, old' },
  });
  const audit = memoryAuditLog(systemClock);
  const catalog = memoryCatalog(Array.from({ length: (rows ?? 0) > 100 ? (rows ?? 0) : 0 }, (_, n) => old(n)));
  const ports: PublishPorts = {
    catalog,
    audit,
    clock: systemClock,
    known: { eventTypes, policies: POLICY_IDS },
    priceOf: priceOfQuantity,
  };
  const routes = [...priceBookRoutes(ports), ...catalogRoutes(ports)];
  const filled = (async () => {
    if (rows === 0) return;
    const { publicationId, hash } = await proposePublication(ports, { entries: files, proposer: PREPARER });
    await approvePublication(ports, { publicationId, hash, approver: APPROVER, roles: ['finance-approver'] });
    await proposePublication(ports, {
      entries: [nextVersion(book('list-usd'), inBulk)],
      proposer: PREPARER,
      accept: ['cliff:list-usd/team-bulk:15'],
    });
    await proposePublication(ports, {
      entries: [nextVersion(book('list-eur'), inBulk)],
      proposer: PREPARER,
      draft: true,
    });
  })();

  return {
    answer: answerByRoutes(routes, filled),
  };
};
