import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One entry of the catalog as a file holds it: `catalog/<kind>/<id>.json`. */
export type CatalogFile = {
  readonly kind: string;
  readonly id: string;
  readonly effectiveFrom: string;
  readonly body: Readonly<Record<string, unknown>>;
};

const MONTH = /\{\{month\}\}/g;

/**
 * Reads every entry under a catalog folder, in order of kind and id. The placeholder `{{month}}` is filled with `month`
 * (`YYYY-MM`), so that an example contract can start in the month that is shown.
 * @throws {Error} naming the file if one is not an entry or not named like its id.
 */
export const readCatalogFiles = (folder: string, month: string): CatalogFile[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((kind) => kind.isDirectory() && kind.name !== 'schemas')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((kind) =>
      readdirSync(join(folder, kind.name))
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => readEntry(join(folder, kind.name, name), month)),
    );

const readEntry = (path: string, month: string): CatalogFile => {
  const parse = (): unknown => {
    try {
      return JSON.parse(readFileSync(path, 'utf8').replace(MONTH, month));
    } catch (error) {
      throw new Error(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const entry = parse();
  if (
    typeof entry !== 'object' ||
    entry === null ||
    !('kind' in entry && 'id' in entry && 'effectiveFrom' in entry && 'body' in entry)
  ) {
    throw new Error(`${path} is not a catalog entry: it needs the fields kind, id, effectiveFrom and body`);
  }
  const { kind, id, effectiveFrom, body } = entry;
  if (typeof kind !== 'string' || typeof id !== 'string' || typeof effectiveFrom !== 'string') {
    throw new Error(`${path}: kind, id and effectiveFrom must be text`);
  }
  if (!path.endsWith(join('/', `${id}.json`)))
    throw new Error(`${path} holds the entry "${id}": name the file ${id}.json`);
  return { kind, id, effectiveFrom, body: body as CatalogFile['body'] };
};
