import type { CatalogEntry } from '../catalog/types.ts';
import { startOfDay } from '../platform/period.ts';
import type { ClosePorts } from './ports.ts';
import { inGroups } from './progress.ts';
import { resolversOf } from './raise.ts';
import type { AccountProgress } from './records.ts';
import type { CloseException, CloseRecord, Manifest } from './types.ts';

const FIRST_ZONE = 'Etc/GMT-14';
/** Actors that are no people: they cannot approve either, and need not be listed. */
const isPerson = (actor: string): boolean => actor !== 'schedule' && !actor.startsWith('system');

/**
 * Everyone who made what a manifest bills: who started the close, who decided an exception of its dates, and who
 * proposed a contract, price or mapping that it uses, since the period began. What was proposed before was in force
 * for earlier periods too, and was checked by a second person then.
 */
export const makersOf = async (
  ports: Pick<ClosePorts, 'catalog'>,
  record: CloseRecord,
  inputs: {
    readonly accounts: readonly AccountProgress[];
    readonly exceptions: readonly CloseException[];
    readonly mappings: Iterable<CatalogEntry>;
  },
): Promise<string[]> => {
  const pins = new Map(
    inputs.accounts
      .flatMap(({ contracts }) => contracts)
      .flatMap((planned): [string, ['contract' | 'price-book', string, number]][] => [
        [`c${planned.contract}#${planned.contractVersion}`, ['contract', planned.contract, planned.contractVersion]],
        [
          `p${planned.priceBook}#${planned.priceBookVersion}`,
          ['price-book', planned.priceBook, planned.priceBookVersion],
        ],
      ]),
  );
  const used = await inGroups([...pins.values()], 20, ([kind, id, version]) =>
    ports.catalog.version(kind, id, version),
  );
  const since = startOfDay(record.start, FIRST_ZONE);
  const proposers = [...used, ...inputs.mappings].flatMap((entry) =>
    entry !== undefined && entry.publishedAt >= since ? [entry.proposedBy] : [],
  );
  const makers = new Set([record.startedBy, ...resolversOf(inputs.exceptions), ...proposers]);
  return [...makers].filter(isPerson).sort();
};

/** Whether someone made what a manifest bills; also by an exception decided since it was frozen. */
export const isMaker = (manifest: Manifest, exceptions: readonly CloseException[], person: string): boolean =>
  manifest.makers.includes(person) || resolversOf(exceptions).includes(person);
