import type { QuarantineEntry } from '../../lambdas/usage/types.ts';
import { type ApiClient, allItems } from '../api-client.ts';
import { say, table } from '../print.ts';

/** The rejected lines and why. */
export const listQuarantine = async (api: ApiClient, code?: string): Promise<void> => {
  const entries = await allItems<QuarantineEntry>(api, '/quarantine', { code });
  if (entries.length === 0) return say('The quarantine is empty.');
  say(
    table(
      ['entry', 'code', 'state', 'received', 'subject', 'why'],
      entries.map((e) => [e.id, e.code, e.state, e.receivedAt, e.subject, e.message]),
    ),
  );
};

/** One rejected line, whole. */
export const showQuarantine = async (api: ApiClient, id: string): Promise<void> => {
  const { entry } = await api.get<{ entry: QuarantineEntry }>(`/quarantine/${encodeURIComponent(id)}`);
  say(`${entry.code} at ${entry.path === '' ? 'the whole line' : entry.path}: ${entry.message}`);
  say(
    `received ${entry.receivedAt}, position ${entry.position.shard}/${entry.position.sequence}/${entry.position.index}, ${entry.state}\n`,
  );
  say(entry.bodyEncoding === 'base64' ? `(not UTF-8; base64) ${entry.body}` : entry.body);
};
