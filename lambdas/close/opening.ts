import type { CatalogEntry, Meter } from '../catalog/types.ts';
import { mapBounded } from '../platform/bounded.ts';
import type { Closing, Opening } from '../rating/types.ts';
import type { AccountStore } from './close-store.ts';
import { type DataFiles, getPinned } from './data-files.ts';
import type { UsagePort } from './ports.ts';
import type { PlannedContract, PlannedSubject } from './records.ts';
import type { CloseRecord } from './types.ts';

/** What a close leaves to the next period: `complete` names the subjects of which it knows every last value. */
export type CarriedOn = { readonly until: string; readonly complete: readonly string[] };
/** The part of an account's lines file that the next period needs. */
export type Left = { readonly closing: Closing; readonly carried?: CarriedOn };

export type OpeningPorts = {
  readonly store: Pick<AccountStore, 'resultEndingAt'>;
  readonly files: DataFiles;
  readonly usage: Pick<UsagePort, 'lastValues'>;
};

const AT_ONCE = 4;

/** What the period before left, if a close rated it. */
export const leftBefore = async (
  ports: OpeningPorts,
  record: Pick<CloseRecord, 'start'>,
  account: string,
): Promise<Left | undefined> => {
  const before = await ports.store.resultEndingAt(account, record.start);
  return before && getPinned<Left>(ports.files, { key: before.linesKey, hash: before.linesHash });
};

/** The values of one subject among carried ones. */
const ofSubject = (carryIn: Opening['carryIn'], subject: string): Opening['carryIn'] =>
  Object.fromEntries(
    Object.entries(carryIn).filter(([key]) => (JSON.parse(key) as [string, unknown, string])[2] === subject),
  );

/**
 * What a contract opens with: for each of its subjects the last values before the subject's first instant in it. From
 * the period before where that knows the subject; from the ledger for the time since, and for all its time where
 * nothing is known (the first close, a period that was not rated, a subject that came from another account).
 */
export const openingOf = async (
  ports: OpeningPorts,
  before: Left | undefined,
  subjects: readonly PlannedSubject[],
  meters: readonly CatalogEntry<Meter>[],
): Promise<Opening> => {
  const firsts = [...Map.groupBy(subjects, ({ subject }) => subject)].map(([subject, spans]) => ({
    subject,
    until: spans.map(({ from }) => from).sort()[0] ?? '',
  }));
  const carried = await mapBounded(firsts, AT_ONCE, async ({ subject, until }): Promise<Opening['carryIn']> => {
    const known = before?.carried?.complete.includes(subject) === true ? before.carried.until : undefined;
    const left = known === undefined || before === undefined ? {} : ofSubject(before.closing.carryIn, subject);
    if (known !== undefined && known >= until) return left;
    const from = known === undefined ? {} : { from: known };
    return { ...left, ...(await ports.usage.lastValues({ subject, ...from, until, meters })) };
  });
  return { format: 1, carryIn: Object.assign({}, ...carried) };
};

/** What is left to the next period by the contracts that last to the end of this one; nothing is known by others. */
export const leftBy = (
  ended: readonly {
    readonly planned: PlannedContract;
    readonly end: string;
    readonly subjects: readonly PlannedSubject[];
    readonly carryOut: Closing['carryIn'];
  }[],
): Required<Left> => {
  const last = ended.filter(({ planned, end }) => planned.active.to === end);
  const until = last.map(({ end }) => end).sort()[0] ?? '';
  const complete = last.flatMap(({ end, subjects }) =>
    subjects.filter(({ to }) => to === end).map(({ subject }) => subject),
  );
  const carryIn: Closing['carryIn'] = Object.assign({}, ...last.map(({ carryOut }) => carryOut));
  return { closing: { format: 1, carryIn }, carried: { until, complete: [...new Set(complete)].sort() } };
};
