import { mapBounded } from '../../platform/bounded.ts';
import type { JobWork } from '../jobs/run-job.ts';
import type { Subjects } from '../ledger/subjects.ts';
import type { SameIdDecision, SameIdFinding } from './same-id.ts';
import { eventAt } from './same-id-cancel.ts';
import { type DecidePorts, decideByRule } from './same-id-decide.ts';
import { unsettledPage } from './same-id-list.ts';

/** A rule for a whole producer's mistake: what is decided about every open finding of a source with a place in the interval. */
export type SameIdRule = Pick<SameIdDecision, 'keep' | 'reason'> & {
  /** CloudEvents source, as the events have it. */
  readonly source: string;
  readonly from: string;
  readonly to: string;
};

/** What a rule did. */
export type SameIdRuleTotals = {
  /** Findings that were looked at. */
  readonly looked: number;
  readonly decided: number;
  /** Events that are cancelled by it. */
  readonly cancelled: number;
};

type Cursor = { readonly totals: SameIdRuleTotals; readonly after?: string };

const PAGE = 100;
const FINDINGS_AT_A_TIME = 8;

/**
 * The work of a rule: goes through the open findings of its interval, reads the source from the archived line (all places
 * of a finding have the same: it is part of the id), and decides those that match. A repeat finds decided what was.
 */
export const applySameIdRule =
  (ports: DecidePorts & { readonly subjects: Pick<Subjects, 'list'> }): JobWork =>
  async ({ job, cursor, save, isTimeUp }) => {
    const { source, from, to, keep, reason } = job.params as SameIdRule;
    const decision = { keep, reason, by: job.startedBy, rule: job.jobId };
    const decideOne = async (finding: SameIdFinding): Promise<number | undefined> => {
      const [first] = finding.places;
      if (finding.state !== 'open' || first === undefined) return undefined;
      return (await eventAt(ports.archive, first)).source === source
        ? decideByRule(ports, finding, decision)
        : undefined;
    };
    let { totals, after } = (cursor as Cursor | undefined) ?? { totals: { looked: 0, decided: 0, cancelled: 0 } };
    do {
      const page = await unsettledPage(ports, { limit: PAGE, after, within: { from, to } });
      const done = await mapBounded(page.findings, FINDINGS_AT_A_TIME, decideOne);
      const decided = done.filter((cancelled) => cancelled !== undefined);
      totals = {
        looked: totals.looked + done.length,
        decided: totals.decided + decided.length,
        cancelled: totals.cancelled + decided.reduce((sum, cancelled) => sum + cancelled, 0),
      };
      after = page.next;
      if (after === undefined) break;
      await save({ done: totals.looked, unit: 'findings' }, { totals, after });
      if (isTimeUp()) return 'later';
    } while (after !== undefined);
    return totals;
  };
