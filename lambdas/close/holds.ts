import type { RatedLine } from '../rating/types.ts';
import type { AccountProgress, SlimLine } from './records.ts';
import type { CloseException } from './types.ts';

/** What is known of a line when it is asked whether it is held. */
export type HeldLine = {
  readonly lineId: string;
  readonly account: string;
  /** Absent: a line that was billed before documents said so. */
  readonly contract?: string;
  readonly group?: string;
};

/**
 * What open exceptions hold. One that names a line holds its coupled group (lines that share a minimum, maximum, pool,
 * discount or credit), one that names a contract all of its lines, any other one its account; and nothing else.
 */
export type Holds = {
  readonly accounts: ReadonlySet<string>;
  /** Contracts and groups of accounts that are not held whole, in words. */
  readonly parts: readonly string[];
  readonly isHeld: (line: HeldLine) => boolean;
};

/** A contract of an account whose lines do not move, because it could not be rated. */
export type UnratedContract = { readonly account: string; readonly contract: string };

/** The contracts of some accounts that could not be rated. */
export const unratedOf = (accounts: readonly Pick<AccountProgress, 'account' | 'unrated'>[]): UnratedContract[] =>
  accounts.flatMap(({ account, unrated = [] }) => unrated.map((contract) => ({ account, contract })));

/** A rated line as it is asked about. */
export const heldLineOf = ({ id, account, contract, group }: RatedLine): HeldLine => ({
  lineId: id,
  account,
  contract,
  ...(group === undefined ? {} : { group }),
});
/** A billed line as it is asked about. */
export const heldSlimOf = ({ lineId, account, contract, group }: SlimLine): HeldLine => ({
  lineId,
  account,
  ...(contract === undefined ? {} : { contract }),
  ...(group === undefined ? {} : { group }),
});

const partOf = ({ account, contract }: UnratedContract): string => `${account}#${contract}`;

/** What is held now, by the open exceptions of some dates, contracts that could not be rated, and the lines there are. */
export const holdsOf = (
  exceptions: readonly CloseException[],
  unrated: readonly UnratedContract[],
  lines: readonly HeldLine[],
): Holds => {
  const open = exceptions.filter(({ state, account }) => state === 'open' && account !== undefined);
  const byLine = open.filter(({ lineId }) => lineId !== undefined);
  const byContract = open.flatMap(({ account = '', contract, lineId }) =>
    contract !== undefined && lineId === undefined ? [{ account, contract }] : [],
  );
  const whole = open.filter(({ contract, lineId }) => contract === undefined && lineId === undefined);
  const accounts = new Set(whole.flatMap(({ account }) => account ?? []));
  const contracts = new Set([...unrated, ...byContract].map(partOf));
  const lineIds = new Set(byLine.flatMap(({ lineId }) => lineId ?? []));
  const groups = new Set(
    lines.flatMap(({ lineId, group }) => (group !== undefined && lineIds.has(lineId) ? [group] : [])),
  );
  const partly = new Set([...unrated, ...byContract].map(({ account }) => account));
  return {
    accounts,
    parts: [
      ...[...contracts].map((part) => part.replace('#', ', contract ')),
      ...byLine.map(({ account, lineId }) => `${account}, line ${lineId}`),
    ].sort(),
    isHeld: ({ lineId, account, contract, group }) =>
      accounts.has(account) ||
      lineIds.has(lineId) ||
      (group !== undefined && groups.has(group)) ||
      (contract === undefined ? partly.has(account) : contracts.has(partOf({ account, contract }))),
  };
};
