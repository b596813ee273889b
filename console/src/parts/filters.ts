/** What is searched for, as the property filter gives it. Without `propertyKey` a token looks at every property. */
export type Query = {
  readonly operation: 'and' | 'or';
  readonly tokens: readonly { readonly propertyKey?: string; readonly operator: string; readonly value: unknown }[];
};

/** A property one can filter by, with the text of an item that it is compared by. */
export type Filter<T> = { readonly key: string; readonly label: string; readonly value: (item: T) => string };

const holds = (said: string, operator: string, wanted: string): boolean => {
  const [text, value] = [said.toLowerCase(), wanted.toLowerCase()];
  if (operator === '=') return text === value;
  if (operator === '!=') return text !== value;
  return text.includes(value) === (operator === ':');
};

/** Whether an item matches a query, case aside. */
export const matches = <T>(filters: readonly Filter<T>[], item: T, query: Query): boolean => {
  const results = query.tokens.map(({ propertyKey, operator, value }) => {
    const asked = filters.filter(({ key }) => propertyKey === undefined || key === propertyKey);
    const check = (filter: Filter<T>) => holds(filter.value(item), operator, String(value));
    return operator.startsWith('!') ? asked.every(check) : asked.some(check);
  });
  return query.operation === 'or' ? results.length === 0 || results.includes(true) : !results.includes(false);
};

/** Every value that the items have of a property, for the suggestions. */
export const optionsOf = <T>(filters: readonly Filter<T>[], items: readonly T[]) =>
  filters.flatMap(({ key, value }) =>
    [...new Set(items.map(value))]
      .filter((text) => text !== '')
      .sort()
      .map((text) => ({ propertyKey: key, value: text })),
  );
