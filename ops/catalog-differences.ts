/** Every leaf of a JSON value by its pointer, e.g. `/charges/0/price` → `"0.02"`. */
const leaves = (value: unknown, pointer = ''): [string, string][] =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${pointer}/${key}`))
    : [[pointer, JSON.stringify(value)]];

/**
 * What a changed body says otherwise, a line per leaf: `/charges/0/price: "0.02" → "0.03"`; a leaf that only one of
 * them has shows `nothing` for the other.
 */
export const differences = (before: unknown, after: unknown): string[] => {
  const read = (body: unknown): Map<string, string> => new Map(body === undefined ? [] : leaves(body));
  const [old, now] = [read(before), read(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .filter((pointer) => old.get(pointer) !== now.get(pointer))
    .map((pointer) => `${pointer}: ${old.get(pointer) ?? 'nothing'} → ${now.get(pointer) ?? 'nothing'}`);
};
