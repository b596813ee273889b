import { ENGINE } from '../rating/engine.ts';
import { PinnedSlotError } from '../usage/prove/counted-lines.ts';
import type { AccountStore } from './close-store.ts';
import { type DataFiles, getPinned } from './data-files.ts';
import { closeIdOf } from './names.ts';
import type { ClosePorts, UsagePort } from './ports.ts';
import type { ExceptionDraft } from './raise.ts';
import type { LinesFile, PinsFile } from './rate-account.ts';
import { linesOfPart, verifyPart } from './recompute.ts';
import type { AccountProgress, RatedOutcome } from './records.ts';
import type { CloseRecord } from './types.ts';

/** The decision that lets a newer engine rate a period otherwise than the one that billed it. */
export const NEWER = 'newer';

type Ports = {
  readonly store: Pick<AccountStore, 'account'>;
  readonly files: DataFiles;
  readonly catalog: ClosePorts['catalog'];
  readonly usage: Pick<UsagePort, 'readPinned'>;
};

/** The newest earlier rating of an account for the same dates. */
export const ratedBefore = async (
  ports: Pick<Ports, 'store'>,
  record: CloseRecord,
  account: string,
): Promise<RatedOutcome | undefined> => {
  for (let run = record.run - 1; run >= 1; run -= 1) {
    const before = await ports.store.account(closeIdOf(record, run), account);
    if (before?.rated !== undefined) return before.rated;
  }
  return undefined;
};

/**
 * A period that another engine rated is rated by this one only if this one gives the same lines from the same inputs:
 * the differences of a correction must come from new knowledge, never from new code. `undefined`: nothing stands against
 * it; else what a person must decide.
 */
export const engineDiffers = async (
  ports: Ports,
  record: CloseRecord,
  { account, accountName }: Pick<AccountProgress, 'account' | 'accountName'>,
): Promise<ExceptionDraft | undefined> => {
  const before = await ratedBefore(ports, record, account);
  if (before === undefined) return undefined;
  const file = await getPinned<LinesFile>(ports.files, { key: before.linesKey, hash: before.linesHash });
  const engines = [...new Set(file.lines.map(({ pins }) => pins.engine))].filter((engine) => engine !== ENGINE);
  if (engines.length === 0) return undefined;
  const pins = await getPinned<PinsFile>(ports.files, { key: before.pinsKey, hash: before.pinsHash });
  for (const part of pins.contracts) {
    if (linesOfPart(file, part).every((line) => line.pins.engine === ENGINE)) continue;
    const found = await differenceOf(ports, file, pins, part);
    if (found === undefined) continue;
    const from = `engine ${engines.join(', ')}`;
    return {
      kind: 'engine-differs',
      about: { account, engine: ENGINE, contract: part.contract.contract },
      account,
      message: `${accountName}: rated again from the same inputs, contract "${part.contract.contract}" does not come to what ${from} gave and was billed (${found.words}). Have the rating looked at. When it is mended, decide "fixed"; if engine ${ENGINE} is right, decide "${NEWER}", which bills the difference after the approval of another person. Then close again.`,
      evidence: { engine: ENGINE, contract: part.contract.contract, differences: found.differences },
    };
  }
  return undefined;
};

const differenceOf = async (
  ports: Ports,
  file: LinesFile,
  pins: PinsFile,
  part: PinsFile['contracts'][number],
): Promise<{ readonly words: string; readonly differences: readonly unknown[] } | undefined> => {
  try {
    const { verified } = await verifyPart(ports, file, pins, part);
    if (verified.equal) return undefined;
    const [first] = verified.differences;
    const amounts = Object.entries(verified.amounts).map(([currency, amount]) => `${amount} ${currency}`);
    const words = `${verified.differences.length} lines, first "${first?.description}"${amounts.length > 0 ? `, in all ${amounts.join(', ')}` : ''}`;
    return { words, differences: verified.differences.slice(0, 5) };
  } catch (error) {
    if (!(error instanceof PinnedSlotError)) throw error;
    return { words: error.message, differences: [] };
  }
};
