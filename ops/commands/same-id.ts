import { type ApiClient, allItems } from '../api-client.ts';
import { type Job, waitForJob } from '../jobs.ts';
import { grouped, say, table } from '../print.ts';
import { terminalShower } from '../shower.ts';

type Place = {
  readonly subject: string;
  readonly start: string;
  readonly version: number;
  readonly appendedAt: string;
  readonly cancelled: boolean;
};
type Finding = {
  readonly findingId: string;
  readonly state: 'open' | 'cancelling' | 'settled';
  readonly places: readonly Place[];
  readonly cut?: true;
  readonly foundAt: string;
  readonly decisions: readonly {
    readonly keep: string;
    readonly reason: string;
    readonly by: string;
    readonly at: string;
  }[];
};
type Event = { readonly source: string; readonly id: string; readonly type: string };

/** What becomes of an id that was counted more than once. */
export type Keep = 'first' | 'all';

const minutes = (instant: string): string => instant.slice(0, 16).replace('T', ' ');
const placeText = ({ subject, start }: Place): string => `${subject} ${minutes(start)}`;

/** Walks the ledger now, and waits for it. */
export const walkLedger = async (api: ApiClient, through?: string): Promise<void> => {
  const body = through === undefined ? {} : { through };
  const job = await api.post<Job<Record<string, unknown>>>('/ledger/walks', body);
  const { appends, ids, findings, broken, brokenChains, root } = await waitForJob(api, job, terminalShower());
  const { number } = root as { number: number };
  say(
    `Walked ${grouped(Number(appends))} new appends with ${grouped(Number(ids))} ids: ${grouped(Number(findings))} findings new or changed. Root ${number} is signed.`,
  );
  if (broken === 0) return;
  say(`${grouped(Number(broken))} chains are BROKEN:`);
  for (const chain of brokenChains as unknown[]) say(JSON.stringify(chain));
  process.exitCode = 1;
};

/** The ids that were counted more than once and are not settled. */
export const listSameIds = async (api: ApiClient): Promise<void> => {
  const findings = await allItems<Finding>(api, '/ledger/same-ids');
  if (findings.length === 0) return say('No id that was counted more than once waits for anybody.');
  say(
    table(
      ['finding', 'state', 'places', 'accepted first', 'and again'],
      findings.map(({ findingId, state, places }) => {
        const [first, ...others] = places.filter(({ cancelled }) => !cancelled);
        return [
          findingId,
          state,
          places.length,
          first === undefined ? '' : placeText(first),
          others.slice(0, 3).map(placeText).join(', '),
        ];
      }),
    ),
  );
};

/** One of them: the event, where it was accepted, and what was decided. */
export const showSameId = async (api: ApiClient, findingId: string): Promise<void> => {
  const { finding, event } = await api.get<{ finding: Finding; event?: Event }>(`/ledger/same-ids/${findingId}`);
  if (event) say(`${event.type} "${event.id}" of ${event.source}`);
  say(
    `${finding.state}, found ${minutes(finding.foundAt)}${finding.cut ? '; more places than these were seen' : ''}\n`,
  );
  say(
    table(
      ['subject', 'slot', 'append', 'accepted', ''],
      finding.places.map((place) => [
        place.subject,
        minutes(place.start),
        place.version,
        place.appendedAt,
        place.cancelled ? 'cancelled' : 'counts',
      ]),
    ),
  );
  for (const { keep, reason, by, at } of finding.decisions) say(`\n${minutes(at)} ${by} decided "${keep}": ${reason}`);
};

/** Decides one: the first accepted stands and the others are cancelled, or all of them count. */
export const decideSameId = async (api: ApiClient, findingId: string, keep: Keep, reason: string): Promise<void> => {
  const { finding } = await api.post<{ finding: Finding }>(`/ledger/same-ids/${findingId}/decision`, { keep, reason });
  const others = finding.places.filter(({ cancelled }) => !cancelled).length - 1;
  const cancelled = others === 1 ? 'one event is' : `${grouped(others)} events are`;
  say(
    finding.state === 'settled'
      ? `${findingId} is settled: every one of its events counts.`
      : `${findingId}: ${cancelled} being cancelled. It is settled when a walk has seen that: the nightly one, or "usage settle" and then "ledger walk".`,
  );
};

/** What a rule is about. */
export type RuleOptions = { readonly from: string; readonly to: string; readonly reason: string };

/** Decides all open ones of a producer, and waits for it. */
export const ruleSameIds = async (api: ApiClient, source: string, keep: Keep, options: RuleOptions): Promise<void> => {
  const started = await api.post<Job<{ looked: number; decided: number; cancelled: number }>>('/ledger/same-id-rules', {
    source,
    keep,
    ...options,
  });
  const { looked, decided, cancelled } = await waitForJob(api, started, terminalShower());
  say(
    decided === 0
      ? `None of the ${grouped(looked)} findings that wait is open and of ${source} in that time: nothing was decided.`
      : `${grouped(decided)} of ${grouped(looked)} findings that wait were of ${source}, and are decided; events that are being cancelled: ${grouped(cancelled)}.`,
  );
};
