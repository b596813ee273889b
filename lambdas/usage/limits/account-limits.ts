import { holdingAt } from '../../catalog/as-of.ts';
import type { CatalogEntry, CatalogReader, Contract, Entitlement, Limit } from '../../catalog/types.ts';
import { isZero, parseDecimal } from '../../platform/decimal.ts';
import { localDate } from '../../platform/period.ts';
import { remembered } from '../../platform/remember.ts';

/** A contract in force, and the accounts whose usage counts for it: its own and those that it covers. */
export type ContractInForce = { readonly contract: Contract; readonly accounts: readonly string[] };

/** A limit of an account with where it comes from. `contract` gives the period; without one it is the UTC month. */
export type AccountLimit = {
  readonly limit: Limit;
  /** Whom the limit is told of: the account of the contract, also where a child's usage counts. */
  readonly account: string;
  readonly accounts: readonly string[];
  readonly contract: Contract | undefined;
};

/** Percents of an entitlement's limit that are told where it names none. */
const DEFAULT_THRESHOLDS: readonly number[] = [50, 80, 100];
/** Ids of limits have no dot, so an entitlement's limit is never taken for one of the catalog. */
const OF_ENTITLEMENT = 'entitlement.';

const accountsOf = ({ account, covers = [] }: Contract): readonly string[] => [...new Set([account, ...covers])];

/** Entries by what they ever named, each with all its versions: a batch asks for thousands of accounts. */
const versionsBy = <B>(named: (body: B) => readonly string[]) =>
  remembered((history: readonly CatalogEntry<B>[]) => {
    const index = new Map<string, CatalogEntry<B>[][]>();
    for (const versions of Map.groupBy(history, ({ id }) => id).values()) {
      for (const name of new Set(versions.flatMap(({ body }) => named(body)))) {
        const known = index.get(name);
        if (known === undefined) index.set(name, [versions]);
        else known.push(versions);
      }
    }
    return index;
  });
const byAccount = versionsBy(accountsOf);
const byPlan = versionsBy(({ plan }: Limit) => [plan]);

const limitsOfPlan = async (
  catalog: Pick<CatalogReader, 'history'>,
  plan: string,
  effectiveAt: string,
): Promise<Limit[]> =>
  (byPlan(await catalog.history('limit')).get(plan) ?? [])
    .flatMap((versions) => holdingAt(versions, { effectiveAt })?.body ?? [])
    .filter((limit) => limit.plan === plan);

const isInForce = ({ start, end, zone }: Contract, instant: string): boolean => {
  const date = localDate(instant, zone);
  return start <= date && (end === undefined || date < end);
};

const holding = async (
  catalog: Pick<CatalogReader, 'history'>,
  account: string,
  effectiveAt: string,
): Promise<Contract[]> => {
  const all = byAccount(await catalog.history('contract')).get(account) ?? [];
  return all
    .flatMap((versions) => holdingAt(versions, { effectiveAt })?.body ?? [])
    .sort((a, b) => (a.id < b.id ? -1 : 1));
};

const inForceAt = (contracts: readonly Contract[], account: string, instant: string): ContractInForce[] =>
  contracts
    .filter((contract) => accountsOf(contract).includes(account) && isInForce(contract, instant))
    .map((contract) => ({ contract, accounts: accountsOf(contract) }));

/** The contracts in force at an instant that price the usage of an account, ordered by id. */
export const contractsInForce = async (
  catalog: Pick<CatalogReader, 'history'>,
  account: string,
  instant: string,
): Promise<ContractInForce[]> => inForceAt(await holding(catalog, account, instant), account, instant);

/** The limit of an entitlement, as thresholds watch it; none where it limits no meter, or includes nothing at all. */
const limitOf = ({ feature, meter, limit, thresholds = DEFAULT_THRESHOLDS }: Entitlement, plan: string): Limit[] =>
  meter === undefined || limit === undefined || isZero(parseDecimal(limit))
    ? []
    : [{ id: `${OF_ENTITLEMENT}${feature}`, plan, meter, quantity: limit, thresholds }];

/** The limits of an account at an instant: those of its plan, and those that its contracts agree as entitlements. */
export const limitsOf = async (
  catalog: Pick<CatalogReader, 'history'>,
  { account, plan }: { readonly account: string; readonly plan: string },
  effectiveAt: string,
): Promise<AccountLimit[]> => {
  const contracts = await holding(catalog, account, effectiveAt);
  const own = contracts.find((contract) => contract.account === account);
  const ofPlan = await limitsOfPlan(catalog, plan, effectiveAt);
  return [
    ...ofPlan.map((limit) => ({ limit, account, accounts: [account], contract: own })),
    ...inForceAt(contracts, account, effectiveAt).flatMap(({ contract, accounts }) =>
      (contract.entitlements ?? [])
        .flatMap((entitlement) => limitOf(entitlement, plan))
        .map((limit) => ({ limit, account: contract.account, accounts, contract })),
    ),
  ];
};
