/**
 * Makes something of a value once, and answers it again for the same value: for indexes over what a warm cache hands out
 * again and again. Kept as long as the value itself.
 */
export const remembered = <V extends object, T>(make: (value: V) => T): ((value: V) => T) => {
  const kept = new WeakMap<V, { readonly made: T }>();
  return (value) => {
    const known = kept.get(value) ?? { made: make(value) };
    kept.set(value, known);
    return known.made;
  };
};
