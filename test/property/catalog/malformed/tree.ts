/** JSON as mutations walk it. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

/** A value with where it stands: `holder[name]`. */
export type Place = { readonly holder: JsonObject | Json[]; readonly name: string | number; readonly path: string };

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands at a place. */
export const at = ({ holder, name }: Place): Json =>
  (Array.isArray(holder) ? holder[Number(name)] : holder[String(name)]) ?? null;

/** Puts something at a place. */
export const put = ({ holder, name }: Place, value: Json): void => {
  if (Array.isArray(holder)) holder[Number(name)] = value;
  else holder[String(name)] = value;
};

/** Every place below a value, outer ones first. */
export const placesIn = (value: Json, path = ''): Place[] => {
  if (typeof value !== 'object' || value === null) return [];
  const names: (string | number)[] = Array.isArray(value) ? value.map((_, n) => n) : Object.keys(value);
  return names.flatMap((name) => {
    const place = { holder: value, name, path: `${path}/${name}` };
    return [place, ...placesIn(at(place), place.path)];
  });
};
