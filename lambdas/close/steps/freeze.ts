import type { CatalogEntry, Mapping } from '../../catalog/types.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { countByRegion } from '../count-by-region.ts';
import { putByHash } from '../data-files.ts';
import { firstOf } from '../first-of.ts';
import { adapterOf, type LoadedPlan, loadPlan, mappingsNow } from '../load-plan.ts';
import { makersOf } from '../makers.ts';
import { manifestHash } from '../manifest-hash.ts';
import { type Mappings, mapDocument, type PinnedPayload } from '../map-document.ts';
import { totalsOf } from '../money.ts';
import { manifestIdOf } from '../names.ts';
import { byHandNotes, keepOpenDifferences, openNotes } from '../open-differences.ts';
import { slimDocument } from '../plan-documents.ts';
import { type ClosePorts, ok, type StepResult } from '../ports.ts';
import { beginStep, closeOf, endStep } from '../progress.ts';
import { raise } from '../raise.ts';
import type { LineReference, RatedOutcome } from '../records.ts';
import type { CloseRecord, ErpDocument, Manifest, PinnedPayment } from '../types.ts';

/** The key of a payload. Two documents never share one: the external id is in it. */
export const payloadKeyOf = (hash: string): string => `payloads/${hash}.json`;

/** Documents mapped and stored at a time: each is a handful of writes. */
const AT_ONCE = 16;

type Entry = Manifest['documents'][number];

/**
 * Freezes what will be asked for: the documents of each entity, mapped and stored by hash, and a hash over all of it.
 * Documents go before the manifest that lists them; until then they count nowhere, so a crash leaves nothing billed.
 */
export const freeze = async (ports: ClosePorts, input: { readonly closeId: string }): Promise<StepResult> => {
  const record = await closeOf(ports.store, input.closeId);
  if (record.steps.freeze.state === 'done') return frozen(ports, record);
  await beginStep(ports, record, 'freeze');
  const plan = await loadPlan(ports, record);
  const byEntity = Map.groupBy(plan.documents, ({ entity }) => entity);
  const already = new Set((await ports.store.manifests(record.closeId)).map(({ entity }) => entity));
  for (const [entity, documents] of [...byEntity].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!already.has(entity)) await freezeEntity(ports, record, plan, entity, documents);
  }
  await keepOpenDifferences(ports, record, plan);

  const heldBack = [...plan.held].map((account) => ({ account }));
  for (const [region, count] of countByRegion(heldBack, plan.accounts)) ports.metrics.documentsDisputed(region, count);
  const manifests = await ports.store.manifests(record.closeId);
  const entries = manifests.flatMap(({ documents }) => documents);
  const totals = totalsOf(entries.map(({ currency, total }) => ({ currency, amount: total })));
  const left = plan.documents.length - entries.length;
  const notes = [
    ...(entries.length === 0 ? ['Nothing changed since it was billed: there is nothing to post.'] : []),
    ...openNotes(plan),
    ...byHandNotes(plan.documents),
    ...(plan.held.size + plan.heldParts.length > 0
      ? [`Left out, held: ${firstOf([...plan.held, ...plan.heldParts])}.`]
      : []),
    ...(left > 0 ? [`${left} documents have no mapping and were left out.`] : []),
  ];
  await endStep(ports, record, 'freeze', {
    done: entries.length,
    total: entries.length + Math.max(left, 0),
    totals,
    notes,
  });
  return frozen(ports, record);
};

const frozen = async (ports: ClosePorts, record: CloseRecord): Promise<StepResult> => {
  const manifests = await ports.store.manifests(record.closeId);
  const attempt = record.attempt ?? 1;
  return ok({
    manifests: manifests.map(({ manifestId }) => ({
      manifestId,
      closeId: record.closeId,
      // A child execution may be started once by its name: a close that is started again starts new ones.
      name: attempt === 1 ? manifestId : `${manifestId}-${attempt}`,
    })),
  });
};

const freezeEntity = async (
  ports: ClosePorts,
  record: CloseRecord,
  plan: LoadedPlan,
  entity: string,
  documents: readonly ErpDocument[],
): Promise<void> => {
  const mappings = await mappingsNow(ports, await adapterOf(ports, entity));
  const rated = new Map(plan.accounts.flatMap((each) => (each.rated ? [[each.account, each.rated] as const] : [])));
  const kept = (
    await mapBounded(documents, AT_ONCE, (document) => keep(ports, record, rated, document, mappings))
  ).flat();
  const entries = kept.map(({ entry }) => entry);
  const listed = kept.map(({ document }) => document);
  const involved = new Set(listed.flatMap(({ lines }) => lines.map(({ rated }) => rated.account)));
  if (entries.length === 0) return;
  const body = {
    closeId: record.closeId,
    entity,
    totals: totalsOf(entries.map(({ currency, total }) => ({ currency, amount: total }))),
    documents: entries,
  };
  const accounts = plan.accounts.filter(({ account }) => involved.has(account));
  await ports.store.freezeManifest({
    format: 1,
    manifestId: manifestIdOf(record.closeId, entity),
    status: 'awaiting approval',
    ...body,
    hash: manifestHash(record, body),
    makers: await makersOf(ports, record, {
      entity,
      documents: listed,
      accounts,
      exceptions: plan.exceptions,
      adjustments: plan.entries.flatMap((entry) => (entry.kind === 'written-off' ? [] : [entry])),
      mappings: new Set(kept.flatMap((each) => each.mappings)),
    }),
  });
};

/** A document of a manifest, and the mappings that made what is sent of it. */
type Kept = {
  readonly entry: Entry;
  readonly document: ErpDocument;
  readonly mappings: readonly CatalogEntry<Mapping>[];
};

/** Maps a document and stores payload and document; one that cannot be mapped becomes an exception. */
const keep = async (
  ports: ClosePorts,
  record: CloseRecord,
  rated: ReadonlyMap<string, RatedOutcome>,
  document: ErpDocument,
  mappings: Mappings,
): Promise<Kept[]> => {
  const mapped = await mapDocument(document, mappings);
  if (!mapped.mapped) {
    await raise(ports, record, mapped.exception);
    return [];
  }
  const pinned = await pin(ports, mapped);
  const payments: PinnedPayment[] = [];
  for (const { application, ...payload } of mapped.payments) {
    const { paymentId, amount } = application;
    payments.push({ paymentId, amount, ...(await pin(ports, payload)) });
  }
  await storeDocument(ports, rated, document);
  const { documentId, account, kind, currency, total } = document;
  const paid = payments.length === 0 ? {} : { payments };
  const entry = { documentId, account, kind, currency, total, ...pinned, ...paid };
  return [{ entry, document, mappings: [mapped, ...mapped.payments].map(({ mapping }) => mapping) }];
};

/** Stores a payload under its hash, with which the manifest pins it. */
const pin = async (ports: ClosePorts, { payload, hash, mapping }: PinnedPayload) => {
  const payloadKey = payloadKeyOf(hash);
  await ports.files.putText(payloadKey, payload);
  return { mapping: mapping.id, mappingVersion: mapping.version, payloadKey, payloadHash: hash };
};

const storeDocument = async (
  ports: ClosePorts,
  rated: ReadonlyMap<string, RatedOutcome>,
  document: ErpDocument,
): Promise<void> => {
  const { key, hash } = await putByHash(
    ports.files,
    `closes/${document.closeId}/documents/${document.documentId}`,
    document,
  );
  const references = document.lines.flatMap((line): LineReference[] => {
    const found = rated.get(line.rated.account);
    if (found === undefined) return [];
    return [
      {
        lineId: line.lineId,
        closeId: document.closeId,
        documentId: document.documentId,
        account: line.rated.account,
        amount: line.amount,
        currency: document.currency,
        linesKey: found.linesKey,
        linesHash: found.linesHash,
        pinsKey: found.pinsKey,
        pinsHash: found.pinsHash,
      },
    ];
  });
  await ports.store.putDocument(
    { format: 1, document: slimDocument(document), bodyKey: key, bodyHash: hash },
    references,
  );
};
