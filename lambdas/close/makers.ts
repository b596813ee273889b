import type { CatalogEntry } from '../catalog/types.ts';
import { mapBounded } from '../platform/bounded.ts';
import { endOfDates } from './names.ts';
import type { ClosePorts } from './ports.ts';
import { resolversOf } from './raise.ts';
import type { AccountProgress, Adjustment } from './records.ts';
import type { CloseException, CloseRecord, ErpDocument, Manifest } from './types.ts';

const AT_ONCE = 20;
/** Actors that are no people: they cannot approve either, and need not be listed. */
const isPerson = (actor: string): boolean => actor !== 'schedule' && !actor.startsWith('system');

/** What a manifest was made from. */
export type ManifestInputs = {
  readonly entity: string;
  readonly documents: readonly ErpDocument[];
  /** The accounts whose lines the documents carry. */
  readonly accounts: readonly AccountProgress[];
  readonly exceptions: readonly CloseException[];
  /** What was decided beside the rating, of any account. */
  readonly adjustments: readonly Adjustment[];
  readonly mappings: Iterable<CatalogEntry>;
};

/**
 * Everyone who made what a manifest bills: who started the close, also again; who decided an exception of its dates, an
 * adjustment of its accounts, or whether an id that came again counts; and who proposed anything of the catalog that it uses, however long ago. Whoever published that with a second pair of
 * eyes is none: that person only checked.
 */
export const makersOf = async (
  ports: Ports & { readonly usage: Pick<ClosePorts['usage'], 'twiceCountedDeciders'> },
  record: CloseRecord,
  inputs: ManifestInputs,
): Promise<string[]> => {
  const subjects = inputs.accounts.flatMap((each) => each.subjects);
  const deciders = await mapBounded(subjects, AT_ONCE, (each) => ports.usage.twiceCountedDeciders(each.subject, each));
  const used = await Promise.all([
    agreements(ports, inputs.accounts),
    attributions(ports, inputs.accounts),
    meters(ports, inputs),
    parties(ports, record, inputs),
  ]);
  const proposers = [...used.flat(), ...inputs.mappings].map(({ proposedBy }) => proposedBy);
  const starters = [record.startedBy, ...(record.restartedBy ?? [])];
  const involved = new Set(inputs.accounts.map(({ account }) => account));
  const adjusters = inputs.adjustments.filter(({ account }) => involved.has(account)).map(({ by }) => by);
  const makers = [...starters, ...resolversOf(inputs.exceptions), ...adjusters, ...deciders.flat(), ...proposers];
  return [...new Set(makers)].filter(isPerson).sort();
};

type Ports = Pick<ClosePorts, 'catalog'>;

/** The contracts and price books, in the versions that were rated. */
const agreements = async (ports: Ports, accounts: readonly AccountProgress[]): Promise<CatalogEntry[]> => {
  const pins = new Map(
    accounts
      .flatMap(({ contracts }) => contracts)
      .flatMap((planned): [string, ['contract' | 'price-book', string, number]][] => [
        [`c${planned.contract}#${planned.contractVersion}`, ['contract', planned.contract, planned.contractVersion]],
        [
          `p${planned.priceBook}#${planned.priceBookVersion}`,
          ['price-book', planned.priceBook, planned.priceBookVersion],
        ],
      ]),
  );
  const found = await mapBounded([...pins.values()], AT_ONCE, ([kind, id, version]) =>
    ports.catalog.version(kind, id, version),
  );
  return found.flatMap((entry) => entry ?? []);
};

/** What says whose usage it is. */
const attributions = async (ports: Ports, accounts: readonly AccountProgress[]): Promise<CatalogEntry[]> => {
  const pinned = new Set(
    accounts.flatMap(({ subjects }) => subjects.map((each) => `${each.subject}#${each.attributionVersion}`)),
  );
  const all = await ports.catalog.history('attribution');
  return all.filter(({ body, version }) => pinned.has(`${body.subject}#${version}`));
};

/** Every version of a meter that a line was measured by: the events of one period may have met several. */
const meters = async (ports: Ports, { documents, accounts }: ManifestInputs): Promise<CatalogEntry[]> => {
  const measured = new Set(documents.flatMap(({ lines }) => lines.flatMap(({ rated }) => rated.meter ?? [])));
  const knownAt =
    accounts
      .map((each) => each.knownAt)
      .sort()
      .at(-1) ?? '';
  const all = await ports.catalog.history('meter');
  return all.filter(({ id, publishedAt }) => measured.has(id) && publishedAt <= knownAt);
};

/** Who is billed and who bills, as the ERP knows them. */
const parties = async (ports: Ports, record: CloseRecord, inputs: ManifestInputs): Promise<CatalogEntry[]> => {
  const asOf = { effectiveAt: endOfDates(record) };
  const payers = [...new Set(inputs.documents.map(({ account }) => account))];
  const [entity, ...found] = await Promise.all([
    ports.catalog.get('entity', inputs.entity, asOf),
    ...(await mapBounded(payers, AT_ONCE, (payer) => ports.catalog.get('account', payer, asOf))),
  ]);
  return [entity, ...found].flatMap((entry) => entry ?? []);
};

/** Whether someone made what a manifest bills; also by an exception decided since it was frozen. */
export const isMaker = (manifest: Manifest, exceptions: readonly CloseException[], person: string): boolean =>
  manifest.makers.includes(person) || resolversOf(exceptions).includes(person);
