import { ledgerOfEnvironment } from '../../lambdas/usage/ledger/ledger-wiring.ts';
import type { CountedAws } from './counted-aws/endpoint.ts';
import type { Usage } from './counted-aws/usage.ts';
import type { VirtualTime } from './counted-aws/virtual-time.ts';
import { wireItem } from './counted-aws/wire.ts';

/** Milliseconds of processor time that reading the ledger takes, per append and per byte. */
export type ReadingCosts = { readonly perRow: number; readonly perByte: number };

const SUBJECT = 'measured';
const DAY = '2026-01-01';

/** Appends without states, of so many ids each: what differs between a small and a busy account is the ids. */
const fill = (aws: CountedAws, hour: number, appends: number, ids: number): void => {
  const start = `${DAY}T${String(hour).padStart(2, '0')}:00:00.000Z`;
  for (let version = 1; version <= appends; version += 1) {
    const key = { pk: `${SUBJECT}#${DAY}`, sk: `${start}#${String(version).padStart(8, '0')}` };
    const template = aws.tables('ledger').range('org-00001#2026-11-14', '2026-11-14T11:00', '2026-11-14T12:00').at(-1);
    const item = JSON.parse(template?.json ?? '{}') as object;
    const i = wireItem({ i: Buffer.alloc(24 * ids, version) });
    aws.tables('ledger').put(key.pk, key.sk, { ...item, ...wireItem(key), ...i });
  }
};

/** Measures it, once with many small appends and once with few large ones. */
export const readingCosts = async (usage: Usage, time: VirtualTime, aws: CountedAws): Promise<ReadingCosts> => {
  const [small, large] = [
    { hour: 1, appends: 400, ids: 2 },
    { hour: 2, appends: 40, ids: 1_000 },
  ];
  const ledger = ledgerOfEnvironment();
  const measured = async ({ hour, appends, ids }: typeof small): Promise<{ millis: number; bytes: number }> => {
    fill(aws, hour, appends, ids);
    const slot = { subject: SUBJECT, start: `${DAY}T${String(hour).padStart(2, '0')}:00:00.000Z` };
    const runs = [];
    for (let run = 0; run < 9; run += 1) {
      const [began, services] = [process.cpuUsage(), aws.servicesMillis()];
      const { result } = await time.run(() => usage.because('preparation', () => ledger.slotAbove(slot, 0)));
      const { user, system } = process.cpuUsage(began);
      runs.push({ millis: (user + system) / 1000 - (aws.servicesMillis() - services), bytes: result.bytes });
    }
    // The later half, when the code is warm; the middle one of it.
    return runs.slice(4).sort((a, b) => a.millis - b.millis)[2] ?? { millis: 0, bytes: 1 };
  };
  const [a, b] = [await measured(small), await measured(large)];
  aws.tables('ledger').forget(`${SUBJECT}#${DAY}`);
  // Two equations: millis = rows × perRow + bytes × perByte.
  const perByte =
    (b.millis * small.appends - a.millis * large.appends) / (b.bytes * small.appends - a.bytes * large.appends);
  const perRow = (a.millis - a.bytes * perByte) / small.appends;
  return { perRow: Math.max(0, perRow), perByte: Math.max(0, perByte) };
};
