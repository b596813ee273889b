import type { ApiClient } from '../api-client.ts';
import { grouped, say, table } from '../print.ts';

type Entry = {
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
};

/** Verifies the hash chain of the audit log from its first entry on. */
export const verifyAudit = async (api: ApiClient): Promise<void> => {
  const answer = await api.get<{ entries: number; whole: boolean; broken?: { sequence: number } }>(
    '/audit/verification',
  );
  if (answer.whole) return say(`The audit chain is whole: ${grouped(answer.entries)} entries.`);
  say(`The audit chain is BROKEN at entry ${answer.broken?.sequence}.`);
  process.exitCode = 1;
};

/** The last entries of the audit log. */
export const listAudit = async (api: ApiClient, after: string | undefined): Promise<void> => {
  const { items } = await api.get<{ items: Entry[] }>('/audit', { after });
  say(
    table(
      ['entry', 'when', 'who', 'what', 'on'],
      items.map((e) => [e.sequence, e.at, e.actor, e.action, e.target]),
    ),
  );
};
