import { type Archive, type ArchiveLine, beyondFurthest } from '../../../lambdas/usage/archive/archive.ts';
import type { UsageEvent } from '../../../lambdas/usage/types.ts';

/** A good event, with what a test wants otherwise. */
export const event = (changes: Partial<Record<string, unknown>> = {}): UsageEvent =>
  ({
    specversion: '1.0',
    source: '//larkspur.example/platform',
    id: 'e-1',
    type: 'com.larkspur.api.requests',
    subject: 'org-01',
    time: '2026-10-05T09:30:00.000Z',
    dataschema: 'https://schemas.larkspur.example/com.larkspur.api.requests/2',
    data: { count: 12, endpoint: 'read' },
    ...changes,
  }) as UsageEvent;

/** The same as the text that a producer sends. */
export const eventText = (changes: Partial<Record<string, unknown>> = {}): string => JSON.stringify(event(changes));

/** A good cancellation of the event `e-1`. */
export const cancellation = (changes: Partial<Record<string, unknown>> = {}): UsageEvent =>
  event({
    id: 'c-1',
    type: 'meterbridge.cancellation',
    dataschema: 'https://schemas.meterbridge.dev/meterbridge.cancellation/1',
    data: { id: 'e-1' },
    ...changes,
  });

/** A storage sample with this text in place of its number. */
export const storageText = (gb: string): string =>
  eventText({
    type: 'com.larkspur.storage.sampled',
    dataschema: 'https://schemas.larkspur.example/com.larkspur.storage.sampled/1',
    data: { gb: 0 },
  }).replace('"gb":0', `"gb":${gb}`);

/** When the stream took the lines of these tests. */
export const RECEIVED_AT = '2026-10-05T10:00:00.000Z';

/** Every distinct line of an archive that arrived on the days from `start` to before `end`. */
export const linesOf = async (archive: Archive, start: string, end: string): Promise<ArchiveLine[]> => {
  const found: ArchiveLine[] = [];
  for (const keys of await archive.shards(start, end, 1_000)) {
    const isNew = beyondFurthest();
    for (const key of keys) {
      for (const line of await archive.read(key)) {
        const day = line.receivedAt.slice(0, 10);
        if (isNew(line.position) && day >= start && day < end) found.push(line);
      }
    }
  }
  return found;
};
