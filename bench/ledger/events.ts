import { bodyHashOf, idHashOf } from '../../lambdas/usage/events/event-identity.ts';
import type { UsageEvent } from '../../lambdas/usage/types.ts';
import type { Chance } from './chance.ts';

/** The source of every event of the benchmark. */
export const SOURCE = '//larkspur.example/platform';

/** What accounts have a limit on. */
export const API_CALL = 'com.larkspur.api.requests';
const TYPES = {
  api: API_CALL,
  summaries: 'com.larkspur.ai.summaries',
  user: 'com.larkspur.user.active',
  storage: 'com.larkspur.storage.sampled',
} as const;
const ENDPOINTS = ['read', 'read', 'read', 'read', 'write', 'search'] as const;
const MODELS = ['brief', 'brief', 'detailed'] as const;

/** The subject of an account by its rank. */
export const subjectOf = (rank: number): string => `org-${String(rank + 1).padStart(5, '0')}`;

const hex = (random: Chance): string => random.next().toString(16).padStart(8, '0');
const uuid = (random: Chance): string => {
  const [a, b, c, d] = [hex(random), hex(random), hex(random), hex(random)];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
};

/** An account has as many users as its size suggests, between 5 and 5,000. */
const usersOf = (share: number): number => Math.min(5_000, Math.max(5, Math.round(share * 40_000)));

type Data = { readonly type: string; readonly version: number; readonly data: Readonly<Record<string, unknown>> };

const dataOf = (random: Chance, rank: number, share: number): Data => {
  const kind = random.between(1, 100);
  if (kind === 1) return { type: TYPES.storage, version: 1, data: { gb: random.between(1_000, 99_999) / 100 } };
  if (kind <= 13)
    return {
      type: TYPES.summaries,
      version: 1,
      data: { summaries: random.between(1, 6), model: random.pick(MODELS) },
    };
  if (kind <= 28) {
    const user = String(random.between(1, usersOf(share))).padStart(4, '0');
    return { type: TYPES.user, version: 1, data: { userId: `u-${String(rank).padStart(4, '0')}-${user}` } };
  }
  return { type: TYPES.api, version: 2, data: { count: random.between(1, 50), endpoint: random.pick(ENDPOINTS) } };
};

/**
 * An event of an account (about 400 bytes as a line) that happened at `time`, in milliseconds since 1970: 72 % API calls,
 * 15 % active users, 12 % AI summaries, 1 % storage samples, as the example company's meters measure them.
 */
export const makeEvent = (random: Chance, rank: number, share: number, time: number): UsageEvent => {
  const { type, version, data } = dataOf(random, rank, share);
  return {
    specversion: '1.0',
    source: SOURCE,
    id: uuid(random),
    type,
    subject: subjectOf(rank),
    time: new Date(time).toISOString(),
    recordedtime: new Date(time + random.between(5, 900)).toISOString(),
    dataschema: `https://schemas.larkspur.example/${type}/${version}`,
    data,
  };
};

/** The line of an event; `region` stands for what a producer adds of its own (CloudEvents extensions). */
export const lineOf = (event: UsageEvent): string => JSON.stringify({ ...event, datacontenttype: 'application/json' });

/** A line that ingest must put into quarantine: its data does not fit its schema. */
export const badLineOf = (event: UsageEvent): string => lineOf({ ...event, data: { ...event.data, count: 'many' } });

/** What the ledger knows an event by, as ingest computes it from the line that `lineOf` gives. */
export const identityOf = (event: UsageEvent): { readonly idHash: string; readonly bodyHash: string } => {
  const sent = JSON.parse(lineOf(event)) as UsageEvent;
  return { idHash: idHashOf(sent), bodyHash: bodyHashOf(sent) };
};
