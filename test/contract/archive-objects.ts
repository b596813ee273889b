import { describe, expect, it } from 'vitest';
import type { ArchiveObjects } from '../../lambdas/usage/archive/archive.ts';

const collect = async (keys: AsyncIterable<string>): Promise<string[]> => {
  const found: string[] = [];
  for await (const key of keys) found.push(key);
  return found;
};

/** What every object store of the archive must do. `makeObjects` gives an empty one. */
export const archiveObjectsContract = (name: string, makeObjects: () => Promise<ArchiveObjects>): void => {
  describe(`archive objects: ${name}`, () => {
    it('keeps the first object of a key', async () => {
      const objects = await makeObjects();
      await objects.putIfAbsent('events/a', Buffer.from('first'));
      await objects.putIfAbsent('events/a', Buffer.from('second'));
      expect(Buffer.from(await objects.get('events/a')).toString()).toBe('first');
    });

    it('throws for an object that is not there', async () => {
      const objects = await makeObjects();
      await expect(objects.get('events/none')).rejects.toThrow();
    });

    it('lists the folders below a prefix, in order', async () => {
      const objects = await makeObjects();
      for (const key of ['events/b/2', 'events/a/1', 'events/b/1/x', 'events/c'])
        await objects.putIfAbsent(key, Buffer.from(key));
      expect(await objects.folders('events/')).toEqual(['a', 'b']);
      expect(await objects.folders('nothing/')).toEqual([]);
    });

    it('lists the keys of a prefix in order', async () => {
      const objects = await makeObjects();
      for (const key of ['events/b/2', 'events/a/1', 'events/b/1']) await objects.putIfAbsent(key, Buffer.from(key));
      expect(await collect(objects.list('events/b/'))).toEqual(['events/b/1', 'events/b/2']);
    });
  });
};
