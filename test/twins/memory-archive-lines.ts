import type { ArchiveLine } from '../../lambdas/usage/archive/archive.ts';
import type { ArchiveLines } from '../../lambdas/usage/ledger/recompute.ts';
import type { CanonicalUsage } from '../../lambdas/usage/types.ts';

/** The lines of an archive that holds the given events, each where its pointer says. */
export const archiveOf = (events: readonly CanonicalUsage[]): ArchiveLines & { readonly reads: () => number } => {
  const objects = new Map<string, ArchiveLine[]>();
  let reads = 0;
  for (const { event, pointer, position } of events) {
    const lines = objects.get(pointer.key) ?? [];
    lines[pointer.line] = {
      format: 1,
      position,
      receivedAt: event.time,
      encoding: 'utf8',
      line: JSON.stringify(event),
    };
    objects.set(pointer.key, lines);
  }
  return {
    reads: () => reads,
    lines: async (key) => {
      reads += 1;
      const lines = objects.get(key);
      if (lines === undefined) throw new Error(`there is no object ${key}`);
      return lines;
    },
  };
};

/** An archive that nobody may read: where nothing is corrected, it is not. */
export const unreadArchive: ArchiveLines = {
  lines: (key) => Promise.reject(new Error(`${key} was read, though nothing was cancelled`)),
};
