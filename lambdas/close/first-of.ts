const FIRST = 20;

/** Names for a note: the first twenty in order, and how many more. A record must not grow with the company. */
export const firstOf = (names: Iterable<string>): string => {
  const all = [...names].sort();
  const more = all.length - FIRST;
  return all.slice(0, FIRST).join(', ') + (more > 0 ? ` and ${more} more` : '');
};
