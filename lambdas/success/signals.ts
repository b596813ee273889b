import { accountOf, subjectsOf } from '../catalog/attribution.ts';
import type { CatalogEntry, CatalogReader, SignalRule } from '../catalog/types.ts';
import type { Clock } from '../platform/clock.ts';
import { add, formatDecimal, parseDecimal, ZERO } from '../platform/decimal.ts';
import type { DomainEventPublisher, DomainEvents } from '../platform/domain-events.ts';
import { addDays, intervalOf } from '../platform/period.ts';
import { readDailyUsage } from '../usage/read/daily-usage.ts';
import type { BalancePorts } from '../usage/settle/settled-fragments.ts';
import { type SuccessAccount, signalOf } from './signal-of.ts';
import type { RecordedSignal, SignalStore } from './signal-store.ts';
import type { Signal } from './types.ts';
import { type DayValue, type DayVerdict, type Episode, episodesOf, historyDays, judgeDays } from './usage-drop.ts';

export type SignalPorts = {
  readonly usage: BalancePorts;
  readonly catalog: CatalogReader;
  readonly signals: SignalStore;
  readonly publisher: DomainEventPublisher;
  readonly clock: Clock;
};

type Settled = DomainEvents['usage.settled'];

/** The daily use of a rule's meter by an account, all dimensions together. UTC days: that is how usage is settled. */
const seriesOf = async (ports: SignalPorts, account: string, meter: string, start: string, end: string) => {
  const versions = await ports.catalog.history('meter');
  const { days } = await readDailyUsage(ports.usage, {
    subjects: await subjectsOf(ports.catalog, account, intervalOf({ start, end, zone: 'UTC' })),
    start,
    end,
    meters: versions.filter((version) => version.id === meter),
  });
  return days.map(({ day, usage }): DayValue => {
    const own = usage.filter((each) => each.meter === meter);
    return { day, value: formatDecimal(own.reduce((sum, each) => add(sum, parseDecimal(each.quantity)), ZERO)) };
  });
};

/**
 * Whether an episode goes on from a recorded signal: nothing normal lies between. The first day of an episode can move
 * when its history leaves the window; that must not call a second time.
 */
export const goesOn = (
  episode: Episode,
  rule: string,
  recorded: readonly RecordedSignal[],
  verdicts: readonly DayVerdict[],
): boolean =>
  recorded.some(
    ({ signal }) =>
      signal.rule === rule &&
      signal.since <= episode.since &&
      !verdicts.some(({ day, verdict }) => verdict === 'normal' && day > signal.since && day < episode.since),
  );

const publish = async (ports: SignalPorts, signal: Signal, correlationId: string): Promise<void> => {
  await ports.publisher.publish('signal.raised', [{ id: signal.signalId, signal, correlationId }]);
  await ports.signals.published(signal);
};

const evaluate = async (
  ports: SignalPorts,
  rule: CatalogEntry<SignalRule>,
  account: SuccessAccount,
  days: { readonly first: string; readonly last: string },
  recorded: readonly RecordedSignal[],
): Promise<Signal[]> => {
  const meter = await ports.catalog.get('meter', rule.body.meter, { effectiveAt: `${days.last}T00:00:00.000Z` });
  if (meter === undefined)
    throw new Error(`rule ${rule.id} names the meter ${rule.body.meter}, which is not published`);
  const start = addDays(days.first, -historyDays(rule.body));
  const series = await seriesOf(ports, account.id, rule.body.meter, start, addDays(days.last, 1));
  const verdicts = judgeDays(series, rule.body);
  return episodesOf(verdicts, rule.body)
    .filter((episode) => episode.day >= days.first && !goesOn(episode, rule.id, recorded, verdicts))
    .map((episode) => signalOf(rule, account, meter.body, episode));
};

/**
 * Looks at the days that were settled, of the account that the subject belongs to, and raises the signals they show.
 * A signal is recorded first, then told; one that was recorded but not told (a death between) is told now.
 * Days that are not over yet are left for when they are.
 * @returns the ids of the signals that were told.
 */
export const raiseSignals = async (ports: SignalPorts, settled: Settled): Promise<string[]> => {
  const today = ports.clock.now().slice(0, 10);
  const days = settled.days.filter((day) => day < today).sort();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  const effectiveAt = `${last}T00:00:00.000Z`;
  const accountId = await accountOf(ports.catalog, settled.subject, effectiveAt);
  if (accountId === undefined) return [];
  const account = (await ports.catalog.get('account', accountId, { effectiveAt }))?.body;
  // Nobody would be called about an account that customer success does not have.
  if (account?.success === undefined) return [];

  const recorded = await ports.signals.list(accountId);
  const told: string[] = [];
  const tell = async (signal: Signal): Promise<void> => {
    await publish(ports, signal, settled.correlationId);
    told.push(signal.signalId);
  };
  for (const { signal } of recorded.filter(({ published }) => !published)) await tell(signal);
  for (const rule of await ports.catalog.list('signal-rule', { effectiveAt })) {
    const signals = await evaluate(ports, rule, { ...account, success: account.success }, { first, last }, recorded);
    for (const signal of signals) {
      if (await ports.signals.record(signal, ports.clock.now())) await tell(signal);
    }
  }
  return told;
};
