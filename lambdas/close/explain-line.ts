import type { CatalogReader } from '../catalog/types.ts';
import { ProblemError } from '../platform/problem.ts';
import { scheduleOf, type UsedOn } from '../rating/recognition.ts';
import type { RatedLine } from '../rating/types.ts';
import type { Archive } from '../usage/archive/archive.ts';
import { batchCorrelationId } from '../usage/archive/batch-correlation.ts';
import type { LedgerStore } from '../usage/ledger/ledger-store.ts';
import { type ExplainRequest, explain } from '../usage/prove/explain.ts';
import type { SlotPin } from '../usage/types.ts';
import type { CloseStore } from './close-store.ts';
import { type DataFiles, getPinned } from './data-files.ts';
import { documentCorrelationId } from './names.ts';
import type { LinesFile, PinsFile } from './rate-account.ts';
import type { LineReference } from './records.ts';
import type { ExplainedLine, LineEvent } from './types.ts';

export type ExplainPorts = {
  readonly store: Pick<CloseStore, 'lineReferences'>;
  readonly files: DataFiles;
  readonly catalog: Pick<CatalogReader, 'history'>;
  readonly ledger: LedgerStore;
  readonly archive: Pick<Archive, 'line'>;
};

/** The documents that carry a line, and the newest of them. @throws {ProblemError} 404. */
export const newestReference = async (ports: Pick<ExplainPorts, 'store'>, lineId: string) => {
  const references = await ports.store.lineReferences(lineId);
  const last = references.at(-1);
  if (last === undefined) throw new ProblemError(404, 'NO_SUCH_LINE', `no document has a line ${lineId}`);
  return { references, last };
};

/** A line as its newest close rated it. @throws {ProblemError} 404 if it is not rated any more. */
export const ratedLine = async (files: DataFiles, reference: LineReference): Promise<RatedLine> =>
  (await ratedAsUsed(files, reference)).line;

/** A line as its newest close rated it, and what was used of it by month where its revenue follows that. */
const ratedAsUsed = async (
  files: DataFiles,
  { lineId, linesKey, linesHash }: LineReference,
): Promise<{ readonly line: RatedLine; readonly used: readonly UsedOn[] }> => {
  const file = await getPinned<LinesFile>(files, { key: linesKey, hash: linesHash });
  const line = file.lines.find(({ id }) => id === lineId);
  if (line === undefined && lineId.startsWith('adj-')) {
    const detail = `${lineId} is an adjustment: who made it and why, the entries of its close say`;
    throw new ProblemError(404, 'NOT_RATED', detail);
  }
  if (line === undefined) {
    throw new ProblemError(
      404,
      'LINE_TAKEN_BACK',
      `line ${lineId} is not rated any more; it was billed and taken back`,
    );
  }
  return { line, used: file.used?.[lineId] ?? [] };
};

/** A line with its arithmetic, its revenue over time and where it was billed. @throws {ProblemError} 404. */
export const readLine = async (
  ports: Pick<ExplainPorts, 'store' | 'files'>,
  lineId: string,
): Promise<ExplainedLine> => {
  const { references, last } = await newestReference(ports, lineId);
  const { line, used } = await ratedAsUsed(ports.files, last);
  const documents = references.map(({ linesKey: _l, linesHash: _lh, pinsKey: _p, pinsHash: _ph, ...reference }) => ({
    ...reference,
    correlationId: documentCorrelationId(reference.closeId, reference.documentId),
  }));
  return { ...line, schedule: scheduleOf(line, used), documents };
};

/**
 * From a line to the very events: line → pins of the close that rated it → appends → archive lines. A fee has none.
 * Pages may be short: they hold what was found so far.
 */
export const lineEvents = async (
  ports: ExplainPorts,
  request: { readonly lineId: string; readonly limit: number; readonly after?: string },
): Promise<{ readonly items: readonly LineEvent[]; readonly next?: string }> => {
  const { last } = await newestReference(ports, request.lineId);
  const line = await ratedLine(ports.files, last);
  if (line.meter === undefined) return { items: [] };
  const pins = await getPinned<PinsFile>(ports.files, { key: last.pinsKey, hash: last.pinsHash });
  const { slots, dimensions } = measuredBy(pins, line);
  const { items, next } = await explain(ports, {
    pins: slots,
    meters: await ports.catalog.history('meter'),
    meter: line.meter,
    dimensions,
    limit: request.limit,
    ...(request.after === undefined ? {} : { after: request.after }),
  });
  return {
    items: items.map(({ archived: { position, receivedAt }, ...event }) => ({
      ...event,
      position,
      receivedAt,
      correlationId: batchCorrelationId(event.pointer.key),
    })),
    ...(next === undefined ? {} : { next }),
  };
};

/** The part of the pins that a line was made from: of a child, when the line is of a child's usage alone. */
const measuredBy = (
  pins: PinsFile,
  line: RatedLine,
): Required<Pick<ExplainRequest, 'dimensions'>> & { slots: SlotPin[] } => {
  const own = pinsOf(pins, line);
  const { account, ...dimensions } = line.dimensions;
  if (own?.contract.covers === undefined || account === undefined) {
    return { slots: [...(own?.slots ?? [])], dimensions: line.dimensions };
  }
  const subjects = pins.subjects.filter((each) => (each.account ?? pins.account) === account);
  const isOwn = ({ subject, start }: SlotPin) =>
    subjects.some((each) => each.subject === subject && each.from <= start && start < each.to);
  return { slots: own.slots.filter(isOwn), dimensions };
};

/** The pins of the part of a contract that a line is for. */
export const pinsOf = (pins: PinsFile, line: RatedLine): PinsFile['contracts'][number] | undefined => {
  const own = pins.contracts.filter(({ contract }) => contract.contract === line.contract);
  return own.find(({ contract }) => contract.covered.start === line.period.start) ?? own[0];
};
