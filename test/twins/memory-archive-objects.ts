import type { ArchiveObjects } from '../../lambdas/usage/archive/archive.ts';

/** The archive's objects in memory; passes the same contract as the bucket. */
export const memoryArchiveObjects = (): ArchiveObjects & { readonly objects: ReadonlyMap<string, Uint8Array> } => {
  const objects = new Map<string, Uint8Array>();
  return {
    objects,
    putIfAbsent: async (key, body) => {
      if (!objects.has(key)) objects.set(key, body);
    },
    get: async (key) => {
      const body = objects.get(key);
      if (body === undefined) throw new Error(`there is no object ${key}`);
      return body;
    },
    list: async function* (prefix) {
      for (const key of [...objects.keys()].sort()) if (key.startsWith(prefix)) yield key;
    },
    folders: async (prefix) => {
      const below = [...objects.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
      return [...new Set(below.filter((rest) => rest.includes('/')).map((rest) => rest.split('/')[0] ?? ''))].sort();
    },
  };
};
