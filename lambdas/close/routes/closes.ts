import type { ApiRequest, ApiRoute } from '../../platform/http-edge.ts';
import { ProblemError } from '../../platform/problem.ts';
import { type ApprovalPorts, decideManifest } from '../approval.ts';
import type { CloseStore } from '../close-store.ts';
import type { DataFiles } from '../data-files.ts';
import type { CloseDates } from '../names.ts';
import { closableDates } from '../start-close.ts';
import { reconciliationKeyOf } from '../steps/reconcile.ts';
import type { supersedeOpen } from '../supersede.ts';
import type { CloseRecord } from '../types.ts';
import { objectOf, optionalTextOf, partOf, READERS, textOf, withCursor, wordOf } from './requests.ts';

export type ClosePortsOfApi = {
  readonly store: CloseStore;
  readonly files: DataFiles;
  readonly approval: ApprovalPorts;
  /** Starts a close; with a key, once per key and caller. */
  readonly start: (
    request: CloseDates & { readonly startedBy: string; readonly idempotencyKey?: string },
  ) => Promise<{ readonly closeId: string }>;
  /** Has what waits for approval superseded by a new run; `undefined` if nothing waits. */
  readonly supersede: (dates: CloseDates, by: string) => ReturnType<typeof supersedeOpen>;
  /** Writes how many manifests are decided, after a decision. */
  readonly refresh: (closeId: string) => Promise<void>;
};

const PAGE = 50;
/** A kilobyte or two each: far below the 6 MB that a function may answer. */
const ACCOUNTS = 500;

const closeOf = async (store: CloseStore, request: ApiRequest): Promise<CloseRecord> => {
  const closeId = partOf(request.path, 'closeId');
  const record = await store.close(closeId);
  if (record === undefined) throw new ProblemError(404, 'NO_SUCH_CLOSE', `there is no close ${closeId}`);
  return record;
};

/** `/v1/closes` and what is below it. */
export const closeRoutes = (ports: ClosePortsOfApi): ApiRoute[] => [
  {
    method: 'POST',
    path: '/v1/closes',
    roles: ['finance-preparer'],
    run: async ({ body, caller, idempotencyKey }) => {
      const fields = objectOf(body);
      const dates = closableDates(textOf(fields, 'start'), textOf(fields, 'end'));
      const superseded = fields.supersede === true ? await ports.supersede(dates, caller.name) : undefined;
      if (superseded !== undefined) return { status: 202, body: superseded };
      const { closeId } = await ports.start({
        ...dates,
        startedBy: caller.name,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      });
      return { status: 202, body: { closeId } };
    },
  },
  {
    method: 'GET',
    path: '/v1/closes',
    roles: READERS,
    run: async ({ query }) => ({
      status: 200,
      body: await withCursor(query.after, () => ports.store.listCloses(PAGE, query.after)),
    }),
  },
  {
    method: 'GET',
    path: '/v1/closes/{closeId}',
    roles: READERS,
    run: async (request) => {
      const close = await closeOf(ports.store, request);
      const [manifests, exceptions] = await Promise.all([
        ports.store.manifests(close.closeId),
        ports.store.exceptions(close),
      ]);
      return { status: 200, body: { close, manifests, exceptions } };
    },
  },
  {
    method: 'GET',
    path: '/v1/closes/{closeId}/accounts',
    roles: READERS,
    run: async (request) => {
      const { closeId } = await closeOf(ports.store, request);
      const { after } = request.query;
      const body = await withCursor(after, () => ports.store.listAccounts(closeId, ACCOUNTS, after));
      return { status: 200, body };
    },
  },
  {
    method: 'GET',
    path: '/v1/closes/{closeId}/reconciliation',
    roles: READERS,
    run: async (request) => {
      const { closeId } = await closeOf(ports.store, request);
      const text = await ports.files.getText(reconciliationKeyOf(closeId));
      if (text === undefined) {
        throw new ProblemError(404, 'NOT_RECONCILED', `close ${closeId} is not reconciled yet`);
      }
      return { status: 200, body: JSON.parse(text) };
    },
  },
  {
    method: 'POST',
    path: '/v1/closes/{closeId}/manifests/{manifestId}/decision',
    // A maker is refused as a maker, hence all of finance gets as far as being told why.
    roles: READERS,
    run: async ({ path, body, caller }) => {
      const fields = objectOf(body);
      const reason = optionalTextOf(fields, 'reason');
      const manifest = await decideManifest(ports.approval, {
        closeId: partOf(path, 'closeId'),
        manifestId: partOf(path, 'manifestId'),
        decision: wordOf(fields, 'decision', ['approve', 'return']),
        hash: textOf(fields, 'hash'),
        ...(reason === undefined ? {} : { reason }),
        caller,
      });
      await ports.refresh(manifest.closeId);
      return { status: 200, body: { manifest } };
    },
  },
];
