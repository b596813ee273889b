import type { Clock } from '../../platform/clock.ts';
import { slotOfEvent } from '../events/corrections.ts';
import { bodyHashOf, idHashOf } from '../events/event-identity.ts';
import { type Rejection, rejectUnforeseen } from '../events/rejection.ts';
import type { ValidationLimits } from '../events/times.ts';
import { type Verdict, validate } from '../events/validate.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import type { OverlayStatus } from '../ledger/overlays.ts';
import type { QuarantineCode, UsageEvent } from '../types.ts';
import { conflictRejection } from './quarantine.ts';

/**
 * What would become of a line if the stream took it now. `counted`: new. `duplicate`: the very same event is in the ledger
 * already. `cancelled`: somebody cancelled it before it came; it is accepted and counts nothing.
 */
export type Judgement =
  | { readonly verdict: 'counted' | 'duplicate' | 'cancelled'; readonly unknown: readonly string[] }
  | {
      readonly verdict: 'refused';
      readonly code: QuarantineCode | 'NEEDS_BODY';
      readonly path: string;
      readonly message: string;
    };

/** Judges a line as it would be put on the stream. */
export type JudgeLine = (line: string) => Promise<Judgement>;

/** What judging needs. */
export type JudgePorts = {
  readonly ledger: Pick<LedgerStore, 'slotAbove'>;
  readonly overlays: Pick<OverlayStatus, 'overlays'>;
  readonly clock: Clock;
  readonly limits: ValidationLimits;
};

/** The judgement of a rejection. */
export const refusedFor = ({ code, path, message }: Rejection): Judgement => ({
  verdict: 'refused',
  code,
  path,
  message,
});

const backfillFault = async ({ overlays }: JudgePorts, { backfill }: UsageEvent): Promise<Judgement | undefined> => {
  if (backfill === undefined) return undefined;
  const state = (await overlays.overlays([backfill])).get(backfill)?.state;
  const refuse = (code: QuarantineCode, says: string): Judgement => ({
    verdict: 'refused',
    code,
    path: '/backfill',
    message: `${says}: open a backfill and name it, or leave the attribute out to count the event live.`,
  });
  if (state === undefined) return refuse('UNKNOWN_BACKFILL', `There is no backfill ${backfill}`);
  return state === 'open'
    ? undefined
    : refuse('BACKFILL_NOT_OPEN', `The backfill ${backfill} is ${state} and takes nothing more`);
};

/** What the chain of the event's slot says of its id. */
const known = async ({ ledger }: JudgePorts, event: UsageEvent): Promise<Judgement['verdict'] | 'conflict'> => {
  const idHash = idHashOf(event);
  const { appends } = await ledger.slotAbove(slotOfEvent(event, event.time), 0);
  const found = appends.flatMap(({ ids }) => ids).find((id) => id.idHash === idHash);
  if (found !== undefined) return found.bodyHash === bodyHashOf(event) ? 'duplicate' : 'conflict';
  return appends.some(({ cancels = [] }) => cancels.some((tombstone) => tombstone.idHash === idHash))
    ? 'cancelled'
    : 'counted';
};

const judged = (line: string, now: string, limits: ValidationLimits): Verdict => {
  try {
    return validate(line, now, limits);
  } catch (error) {
    return { ok: false, rejection: rejectUnforeseen(error) };
  }
};

/**
 * Judges lines as ingest would, with an arrival now, and looks whether the ledger knows their ids. What it says may be
 * overtaken: ingest decides.
 */
export const releaseJudge =
  (ports: JudgePorts): JudgeLine =>
  async (line) => {
    const verdict = judged(line, ports.clock.now(), ports.limits);
    if (!verdict.ok) return refusedFor(verdict.rejection);
    const { event, unknown } = verdict;
    const fault = await backfillFault(ports, event);
    if (fault) return fault;
    const said = await known(ports, event);
    if (said === 'refused' || said === 'conflict') {
      return { ...refusedFor(conflictRejection(event.subject, event.id)), path: '/id' } as Judgement;
    }
    return { verdict: said, unknown };
  };
