import { type ApiClient, ApiError } from '../api-client.ts';
import { type Job, waitForJob } from '../jobs.ts';
import { grouped, say, table } from '../print.ts';
import { type Shower, terminalShower } from '../shower.ts';
import { verifyAudit } from './audit.ts';

type Totals = {
  readonly received: number;
  readonly accepted: number;
  readonly cancelled: number;
  readonly backfilled: number;
  readonly late: number;
  readonly cancellations: number;
  readonly duplicate: number;
  readonly quarantined: Readonly<Record<string, number>>;
  readonly released: number;
  readonly writtenOff: number;
  readonly waiting: number;
  readonly unattributed: readonly { readonly subject: string; readonly events: number; readonly firstSeen: string }[];
};
type BrokenChain = {
  readonly subject: string;
  readonly start: string;
  readonly overlay?: string;
  readonly version: number;
  readonly reason: string;
  readonly message: string;
};
type Verification = { readonly slots: number; readonly appends: number; readonly broken: readonly BrokenChain[] };

/** So often the same count is asked for: each request reads for 20 seconds, and goes on from where the last one ended. */
const MOST_COUNTS = 15;

/** What came in and what became of it, between two UTC dates; asks again as long as one request is too short for it. */
export const readTotals = async <T>(
  api: ApiClient,
  dates: { readonly start: string; readonly end: string },
): Promise<T> => {
  for (let count = 1; ; count += 1) {
    try {
      return await api.get<T>('/usage/totals', { ...dates });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'NOT_COUNTED_YET' || count === MOST_COUNTS) throw error;
    }
  }
};

/** `readTotals`, told to a person. */
export const usageTotals = async (api: ApiClient, start: string, end: string): Promise<void> => {
  const totals = await readTotals<Totals>(api, { start, end });
  const quarantined = Object.entries(totals.quarantined);
  say(
    table(
      ['what', 'events'],
      [
        ['received', grouped(totals.received)],
        ['accepted', grouped(totals.accepted)],
        ['  of these late', grouped(totals.late)],
        ['  of these of backfills', grouped(totals.backfilled)],
        ['  of these cancelled', grouped(totals.cancelled)],
        ['cancellations', grouped(totals.cancellations)],
        ['duplicate', grouped(totals.duplicate)],
        ...quarantined.map(([code, count]): [string, string] => [`quarantined ${code}`, grouped(count)]),
        ['released from quarantine', grouped(totals.released)],
        ['written off', grouped(totals.writtenOff)],
        ['waiting', grouped(totals.waiting)],
        ...totals.unattributed.map((u): [string, string] => [`unattributed ${u.subject}`, grouped(u.events)]),
      ],
    ),
  );
};

/**
 * Settles every day that is ended or touched by late usage, and waits for it. Answers the number of days that changed.
 * @throws if it fails.
 */
export const settleUsage = async (api: ApiClient, show?: Shower): Promise<number> => {
  const job = await api.post<Job<{ readonly settledDays: number }>>('/usage/settlements', {});
  return (await waitForJob(api, job, show)).settledDays;
};

/** `settleUsage`, told to a person. */
export const settle = async (api: ApiClient): Promise<void> => {
  say(`Settled ${await settleUsage(api, terminalShower())} days of usage.`);
};

/** Verifies the hash chains of a subject, or of all, request by request; `told` hears how far it is. */
export const verifyChains = async (
  api: ApiClient,
  start: string,
  end: string,
  subject?: string,
  told: (text: string) => void = () => undefined,
): Promise<Verification> => {
  let [slots, appends, broken, after]: [number, number, BrokenChain[], string | undefined] = [0, 0, [], undefined];
  do {
    const query = { start, end, subject, after };
    const page: Verification & { next?: string } = await api.get('/ledger/verification', query);
    slots += page.slots;
    appends += page.appends;
    broken = [...broken, ...page.broken];
    after = page.next;
    if (after !== undefined) told(`${grouped(appends)} appends in ${grouped(slots)} slots, up to ${after}`);
  } while (after !== undefined);
  return { slots, appends, broken };
};

type Roots = {
  readonly roots: number;
  readonly faults: readonly string[];
  readonly newest?: { readonly number: number; readonly at: string };
  readonly next?: string;
};

/** Verifies the signed roots of the ledger, request by request, told to a person; a fault makes the command fail. */
const verifyRoots = async (api: ApiClient): Promise<void> => {
  let [roots, faults, after]: [number, string[], string | undefined] = [0, [], undefined];
  let newest: Roots['newest'];
  do {
    const page: Roots = await api.get('/ledger/roots/verification', { after });
    roots += page.roots;
    faults = [...faults, ...page.faults];
    newest = page.newest;
    after = page.next;
  } while (after !== undefined);
  if (newest === undefined && faults.length === 0) {
    return say('No root is signed yet: what was cut off since the last settle does not show. The nightly walk signs.');
  }
  say(
    faults.length === 0
      ? `${grouped(roots)} signed roots verified; the newest, number ${newest?.number}, is of ${newest?.at}.`
      : `${grouped(roots)} signed roots looked at; ${faults.length} FAULTS:\n  ${faults.join('\n  ')}`,
  );
  if (faults.length > 0) process.exitCode = 1;
};

/** `verifyChains`, the signed roots and the audit log's chain, told to a person; a broken chain makes the command fail. */
export const verifyLedger = async (api: ApiClient, start: string, end: string, subject?: string): Promise<void> => {
  const show = terminalShower();
  const { slots, appends, broken } = await verifyChains(api, start, end, subject, show.line);
  show.end();
  const verdict = broken.length === 0 ? 'every chain is whole' : `${broken.length} BROKEN`;
  say(`${grouped(appends)} appends in ${grouped(slots)} slots verified: ${verdict}.`);
  if (broken.length > 0) {
    say(
      table(
        ['subject', 'slot', 'backfill', 'version', 'what', 'why'],
        broken.map((each) => [each.subject, each.start, each.overlay, each.version, each.reason, each.message]),
      ),
    );
    process.exitCode = 1;
  }
  await verifyRoots(api);
  await verifyAudit(api);
};

type Rebuilt = {
  readonly settledDays: number;
  readonly stale: number;
  readonly balances: number;
  readonly lines: number;
  readonly refused: number;
  readonly slots: number;
  readonly ids: number;
  readonly moving: number;
  readonly different: number;
  readonly differences: readonly {
    readonly what: string;
    readonly subject: string;
    readonly day: string;
    readonly chain?: string;
    readonly message: string;
  }[];
};

const differencesTitle = ({ different, differences }: Rebuilt): string =>
  `${grouped(different)} DIFFERENCES${different > differences.length ? `; the first ${differences.length}` : ''}:\n`;

const tellRebuilt = (found: Rebuilt): void => {
  const stale =
    found.stale === 0 ? '' : `, ${grouped(found.stale)} of them older than the ledger (the next settle mends that)`;
  const moving =
    found.moving === 0 ? '' : `; ${grouped(found.moving)} slots moved meanwhile and were compared by their ids`;
  say(
    `${grouped(found.settledDays)} settled days made again from the ledger${stale}; ${grouped(found.balances)} balances read both ways.`,
  );
  say(
    `${grouped(found.lines)} lines of the archive made ${grouped(found.ids)} ids in ${grouped(found.slots)} slots again${moving}.`,
  );
  if (found.refused > 0) {
    say(
      `${grouped(found.refused)} lines that are not in quarantine would be refused today: a schema or a horizon was changed.`,
    );
  }
  say(found.different === 0 ? 'Everything is the same, to the last digit.' : differencesTitle(found));
  if (found.different === 0) return;
  say(
    table(
      ['what', 'subject', 'day or slot', 'why'],
      found.differences.map(({ what, subject, day, chain, message }) => [what, subject, chain ?? day, message]),
    ),
  );
};

/** Makes projections and ledger again beside what is there, and compares; a difference makes the command fail. */
export const rebuildLedger = async (api: ApiClient, start: string, end: string, subject?: string): Promise<void> => {
  const job = await api.post<Job<Rebuilt>>('/ledger/rebuilds', {
    start,
    end,
    ...(subject === undefined ? {} : { subject }),
  });
  const found = await waitForJob(api, job, terminalShower());
  tellRebuilt(found);
  if (found.different > 0) process.exitCode = 1;
};
