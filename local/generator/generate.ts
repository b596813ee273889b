import type { CatalogFile } from '../../ops/catalog-files.ts';
import { localInstant, monthEdges } from './calendar.ts';
import { type Intent, lineOf, type MadeEvent, type Send, TYPES } from './events.ts';
import { type ExpectedUsage, expectedUsage } from './expected.ts';
import { atAnotherTime, conflictsWith, duplicatesOf, MALFORMED, malformedLines } from './faults.ts';
import { type Profile, profilesOf } from './profiles.ts';
import { seededRandom } from './random.ts';
import { apportion, sittingsOf, standingEvents } from './usage-events.ts';

const HOUR = 3_600_000;
const UNKNOWN_SUBJECT = 'org-99';
const UNKNOWN_EVENTS = 120;
const MALFORMED_PER_KIND = 4;
const CONFLICTS = 3;
const LATE_ACCOUNT = 'acct-03';
/** A batch that was recorded late: far above any allowance, so that it changes the invoice of a month of any size. */
const LATE_CALLS = 150_000;
const TWICE_ACCOUNT = 'acct-18';

/** What the generator knows of the month it made: the figures that everything downstream must agree with. */
export type Expected = {
  readonly sent: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly late: number;
  readonly upcast: number;
  readonly quarantined: Readonly<Record<string, number>>;
  readonly unattributed: Readonly<Record<string, number>>;
  /** The account whose use drops. */
  readonly drop: string;
  readonly sameIdAtTwoTimes: { readonly account: string; readonly eventId: string };
  readonly afterClose: { readonly account: string; readonly eventId: string; readonly calls: number };
  readonly usage: Readonly<Record<string, ExpectedUsage>>;
};

export type GeneratedMonth = {
  readonly month: string;
  readonly seed: number;
  /** In the order of sending. */
  readonly sends: readonly Send[];
  /** What arrives only when the books are closed. */
  readonly afterClose: Send;
  readonly expected: Expected;
};

export type GenerateOptions = {
  readonly month: string;
  readonly seed: number;
  /** Regular events; duplicates, malformed lines and the other oddities come on top. At least 5,000. */
  readonly events: number;
  readonly catalog: readonly CatalogFile[];
};

/** With fewer events not every oddity would find its place. */
export const LEAST_EVENTS = 5_000;

/**
 * Makes one month of a SaaS company's usage: the same seed, month and catalog give the same lines.
 * @throws {RangeError} for fewer than 5,000 events: the standing events of 24 accounts alone are about half of that.
 */
export const generateMonth = ({ month, seed, events: wanted, catalog }: GenerateOptions): GeneratedMonth => {
  if (!Number.isSafeInteger(wanted) || wanted < LEAST_EVENTS) {
    throw new RangeError(`a month needs at least ${LEAST_EVENTS.toLocaleString('en')} events, not ${wanted}`);
  }
  const random = seededRandom(seed);
  const { first, end } = monthEdges(month);
  const profiles = profilesOf(catalog, first, end);
  let ids = 0;
  const nextId = (): string => `evt-${seed}-${(++ids).toString().padStart(7, '0')}`;

  const standing = profiles.map((profile) =>
    standingEvents(profile, random.fork(`${profile.account}/standing`), nextId),
  );
  const work = wanted - standing.flat().length;
  const shares = apportion(
    work,
    profiles.map((profile) => Math.round(profile.weight * 1_000_000)),
  );
  const sittings = profiles.map((profile, n) =>
    sittingsOf(profile, shares[n] ?? 0, random.fork(profile.account), nextId),
  );

  const lateIds = chooseLate(sittings.flat(), Math.floor(wanted * 0.02), random.fork('late').shuffle);
  const delays = random.fork('delays');
  const arrive = (event: MadeEvent): MadeEvent =>
    lateIds.has(event.id) ? { ...event, recorded: event.time + delays.between(26, 96) * HOUR } : event;
  const byAccount = profiles.map((_, n) =>
    [...(standing[n] ?? []), ...(sittings[n] ?? []).flatMap((s) => s.events)].map(arrive),
  );
  const regular = byAccount.flat();

  const onTime = random.fork('picks').shuffle(regular.filter((event) => !lateIds.has(event.id)));
  const calls = onTime.filter((event) => event.type === TYPES.api && event.version === 2);
  const account = (name: string): Profile => {
    const profile = profiles.find((candidate) => candidate.account === name);
    if (profile === undefined) throw new Error(`the catalog has no contract of ${name}`);
    return profile;
  };
  const twiceProfile = account(TWICE_ACCOUNT);
  const latest = localInstant(end, twiceProfile.zone, 0) - 3 * 24 * HOUR;
  const twice = calls.find((event) => twiceProfile.subjects.includes(event.subject) && event.time < latest);
  if (twice === undefined) throw new Error(`${TWICE_ACCOUNT} made no call that could be repeated`);
  const again = atAnotherTime(twice);

  const call = (subject: string, time: number, count: number, recorded = time + 1_000): MadeEvent => ({
    id: nextId(),
    type: TYPES.api,
    version: 2,
    subject,
    time,
    recorded,
    data: { count, endpoint: 'read' },
  });
  const edges = profiles.flatMap((profile) => {
    const subject = profile.subjects[0] ?? '';
    return [
      call(subject, localInstant(profile.start, profile.zone, 0) - 1_000, 7),
      call(subject, localInstant(profile.end, profile.zone, 0), 7),
    ];
  });
  const middle = Date.parse(`${first}T12:00:00Z`);
  const odd = random.fork('oddities');
  const unknown = Array.from({ length: UNKNOWN_EVENTS }, () =>
    call(UNKNOWN_SUBJECT, middle + odd.between(0, 400) * HOUR, odd.between(1, 50)),
  );
  const malformed = malformedLines(MALFORMED_PER_KIND, () =>
    call(account('acct-02').subjects[0] ?? '', middle + odd.between(0, 600) * HOUR, 5),
  );
  const lateProfile = account(LATE_ACCOUNT);
  const afterClose = call(
    lateProfile.subjects[0] ?? '',
    localInstant(`${month}-15`, lateProfile.zone, 12 * 60),
    LATE_CALLS,
    localInstant(end, lateProfile.zone, 0) + 10 * 24 * HOUR,
  );
  const conflicting = calls.filter((event) => event.id !== twice.id).slice(0, CONFLICTS);
  const repeated = onTime
    .filter((event) => event.id !== twice.id && !conflicting.includes(event))
    .slice(0, Math.floor(wanted * 0.01));

  const jitter = random.fork('order');
  const sends = [
    ...regular.map((event) =>
      toSend(
        event,
        lateIds.has(event.id) ? 'late' : event.version === 1 && event.type === TYPES.api ? 'upcast' : 'regular',
      ),
    ),
    ...edges.map((event) => toSend(event, 'outside-the-month')),
    ...unknown.map((event) => toSend(event, 'unknown-subject')),
    toSend(again, 'same-id-other-time'),
    ...duplicatesOf(repeated, random.fork('duplicates')),
    ...conflictsWith(conflicting),
    ...malformed,
  ]
    .map((send) => ({ send, key: send.order + jitter.between(-600_000, 600_000) }))
    .sort((a, b) => a.key - b.key)
    .map(({ send }) => send);

  return {
    month,
    seed,
    sends,
    afterClose: toSend(afterClose, 'after-close'),
    expected: {
      sent: sends.length,
      accepted: regular.length + edges.length + unknown.length + 1,
      duplicate: repeated.length,
      late: lateIds.size,
      upcast: regular.filter((event) => event.type === TYPES.api && event.version === 1).length,
      quarantined: { ...Object.fromEntries(MALFORMED.map((kind) => [kind, MALFORMED_PER_KIND])), CONFLICT: CONFLICTS },
      unattributed: { [UNKNOWN_SUBJECT]: unknown.length },
      drop: profiles.find((profile) => profile.shape === 'drop')?.account ?? '',
      sameIdAtTwoTimes: { account: TWICE_ACCOUNT, eventId: twice.id },
      afterClose: { account: LATE_ACCOUNT, eventId: afterClose.id, calls: LATE_CALLS },
      usage: Object.fromEntries(
        profiles.map((profile, n) => {
          const own = byAccount[n] ?? [];
          return [profile.account, expectedUsage(profile, profile.account === TWICE_ACCOUNT ? [...own, again] : own)];
        }),
      ),
    },
  };
};

const toSend = (event: MadeEvent, intent: Intent): Send => ({
  line: lineOf(event),
  subject: event.subject,
  order: event.recorded,
  intent,
});

/** Whole sittings arrive late together (a client that was offline), until exactly `count` events are late. */
const chooseLate = (
  sittings: readonly { readonly events: readonly MadeEvent[] }[],
  count: number,
  shuffle: <T>(items: readonly T[]) => T[],
): Set<string> => {
  const late = new Set<string>();
  for (const sitting of shuffle(sittings)) {
    for (const event of sitting.events) {
      if (late.size === count) return late;
      late.add(event.id);
    }
  }
  return late;
};
