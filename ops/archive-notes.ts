/** Where a line lies in the archive. */
export type ArchivePlace = { readonly key: string; readonly line: number };

/**
 * Names objects of the archive in a table by a number, and tells them below it: an address is as wide as a screen, and
 * most lines of a table lie in the same few.
 */
export const archiveNotes = (): { at(place: ArchivePlace): string; below(): string } => {
  const keys: string[] = [];
  return {
    at: ({ key, line }) => {
      if (!keys.includes(key)) keys.push(key);
      return `[${keys.indexOf(key) + 1}]:${line}`;
    },
    below: () => keys.map((key, n) => `[${n + 1}] ${key}`).join('\n'),
  };
};
