import { type ApiClient, allItems } from '../api-client.ts';
import { grouped, say, table } from '../print.ts';

type Unattributed = {
  readonly subject: string;
  readonly events: number;
  readonly days: number;
  readonly firstUsage: string;
  readonly lastUsage: string;
  readonly ageDays: number;
  readonly meters: readonly string[];
};

const minutes = (instant: string): string => instant.slice(0, 16).replace('T', ' ');

/** Subjects with usage that nobody owns, those first whose usage has waited longest for an owner. */
export const unattributedUsage = async (api: ApiClient, start: string | undefined): Promise<void> => {
  const subjects = await allItems<Unattributed>(api, '/usage/unattributed', { start });
  if (subjects.length === 0) return say('All usage belongs to somebody.');
  say(
    table(
      ['subject', 'events', 'days', 'first usage', 'last usage', 'age', 'meters'],
      subjects
        .toSorted((a, b) => b.ageDays - a.ageDays || b.events - a.events)
        .map((one) => [
          one.subject,
          grouped(one.events),
          one.days,
          minutes(one.firstUsage),
          minutes(one.lastUsage),
          `${one.ageDays} d`,
          one.meters.join(', '),
        ]),
    ),
  );
  say(
    '\nPublish an attribution, from the date on from which it is theirs: the usage is that account’s then, also what lies before today.',
  );
};

type Drift = {
  readonly field: string;
  readonly events: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
};

/** Fields that events carry and their schema does not know, the newest first. They are kept, and counted here about. */
export const driftOfUsage = async (api: ApiClient): Promise<void> => {
  const { items } = await api.get<{ items: Drift[] }>('/usage/drift');
  if (items.length === 0) return say('No event carried a field that its schema does not know.');
  say(
    table(
      ['schema and field', 'events, about', 'first seen', 'last seen'],
      items
        .toSorted((a, b) => (a.lastSeenAt < b.lastSeenAt ? 1 : -1))
        .map((one) => [one.field, grouped(one.events), minutes(one.firstSeenAt), minutes(one.lastSeenAt)]),
    ),
  );
};
