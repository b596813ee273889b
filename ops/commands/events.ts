import type { ApiClient } from '../api-client.ts';
import { type ArchivePlace, archiveNotes } from '../archive-notes.ts';
import { say, table } from '../print.ts';

type Explanation = {
  readonly verdict: string;
  readonly idHash: string;
  readonly places: readonly {
    readonly slot: string;
    readonly backfill?: { readonly id: string; readonly state: string };
    readonly version: number;
    readonly appendedAt: string;
    readonly pointer: ArchivePlace;
    readonly correlationId: string;
    readonly state: string;
    readonly waits?: true;
  }[];
  readonly cancelledBy: readonly {
    readonly kind: string;
    readonly id: string;
    readonly version: number;
    readonly appendedAt: string;
    readonly backfill?: string;
  }[];
  readonly quarantine: readonly {
    readonly id: string;
    readonly code: string;
    readonly state: string;
    readonly receivedAt: string;
    readonly message: string;
  }[];
  readonly deliveries: {
    readonly from: string;
    readonly to: string;
    readonly complete: boolean;
    readonly found: readonly {
      readonly position: { readonly shard: string; readonly sequence: string; readonly index: number };
      readonly receivedAt: string;
      readonly pointer: ArchivePlace;
    }[];
  };
};

/** What identifies an event, and where it must be. */
export type EventIdentity = { readonly source: string; readonly subject: string; readonly time: string };

const seconds = (instant: string): string => instant.slice(0, 19).replace('T', ' ');

/** Tells where an event went: the appends that hold it, what cancelled it, quarantine, and every delivery. */
export const explainEvent = async (api: ApiClient, id: string, options: EventIdentity): Promise<void> => {
  const told = await api.get<Explanation>('/ledger/events', { id, ...options });
  const notes = archiveNotes();
  say(told.verdict);
  if (told.places.length > 0) {
    say('\nIn the ledger:');
    say(
      table(
        ['state', 'slot', 'append', 'appended', 'backfill', 'correlation id', 'archive line'],
        told.places.map((place) => [
          place.waits ? `${place.state}, waits` : place.state,
          place.slot,
          place.version,
          seconds(place.appendedAt),
          place.backfill && `${place.backfill.id} (${place.backfill.state})`,
          place.correlationId,
          notes.at(place.pointer),
        ]),
      ),
    );
  }
  if (told.cancelledBy.length > 0) {
    say('\nTaken away by:');
    say(
      table(
        ['event', 'as', 'append', 'appended', 'backfill'],
        told.cancelledBy.map((by) => [by.id, by.kind, by.version, seconds(by.appendedAt), by.backfill]),
      ),
    );
  }
  if (told.quarantine.length > 0) {
    say('\nIn quarantine:');
    say(
      table(
        ['entry', 'code', 'state', 'received', 'why'],
        told.quarantine.map((entry) => [entry.id, entry.code, entry.state, seconds(entry.receivedAt), entry.message]),
      ),
    );
  }
  const { found, from, to, complete } = told.deliveries;
  const times =
    found.length === 0 ? 'Not delivered' : found.length === 1 ? 'Delivered once' : `Delivered ${found.length} times`;
  const whole = complete ? '' : ' (not all of the archive was looked at)';
  say(`\n${times} between ${seconds(from)} and ${seconds(to)}${whole}.`);
  if (found.length > 0)
    say(
      table(
        ['received', 'shard', 'sequence', 'index', 'archive line'],
        found.map(({ position, receivedAt, pointer }) => [
          seconds(receivedAt),
          position.shard,
          position.sequence,
          position.index,
          notes.at(pointer),
        ]),
      ),
    );
  const below = notes.below();
  if (below !== '') say(`\nArchive lines are object and line:\n${below}`);
};
