import { type ChainEntry, chainsOf, foldChain, tombstonesOf, usageEntries } from '../ledger/chain.ts';
import { fixedPart } from '../ledger/effective-slots.ts';
import type { LedgerRead, LedgerStore } from '../ledger/ledger-store.ts';
import type { MeterIndex } from '../ledger/meter-states.ts';
import { type OverlayStatus, placeText } from '../ledger/overlays.ts';
import { type ArchiveLines, countingEntries, recomputeStates } from '../ledger/recompute.ts';
import { chainName, slotText } from '../ledger/slot.ts';
import { OVERFLOW, type StateMap } from '../ledger/state.ts';
import type { Append } from '../types.ts';
import { type Difference, someOf, stateDifference } from './difference.ts';

/** What comparing the chains of a day needs. */
export type ComparePorts = {
  readonly ledger: Pick<LedgerStore, 'day'>;
  /** The ledger made again from the archive. */
  readonly shadow: Pick<LedgerStore, 'day'>;
  readonly overlays: Pick<OverlayStatus, 'pinned'>;
  readonly archive: ArchiveLines;
  readonly meters: MeterIndex;
};

/** What a comparison of a day looked at and found. */
export type ChainsCompared = {
  readonly slots: number;
  readonly ids: number;
  /** Slots that were appended to since: of these only the ids were compared. */
  readonly moving: number;
  readonly differences: readonly Difference[];
};

const bodies = (chain: readonly Append[]): Map<string, string> =>
  new Map(chain.flatMap(({ ids }) => ids.map(({ idHash, bodyHash }): [string, string] => [idHash, bodyHash])));

/** Ids that one side has and the other has not, or with another body. */
const missing = (from: ReadonlyMap<string, string>, within: ReadonlyMap<string, string>): string[] =>
  [...from].filter(([idHash, bodyHash]) => within.get(idHash) !== bodyHash).map(([idHash]) => idHash);

const usesOverflow = (states: StateMap): boolean => states[OVERFLOW] !== undefined;

/** An overlay as far as it was fixed; a live chain, and an overlay of which nothing is fixed yet, whole. */
const asCounted = async (
  { overlays }: Pick<ComparePorts, 'overlays'>,
  chain: readonly Append[],
  day: string,
): Promise<readonly Append[]> => {
  const { subject = '', start = '', overlay } = chain[0]?.slot ?? {};
  if (overlay === undefined) return chain;
  const place = { backfill: overlay, subject, day };
  const pinned = (await overlays.pinned([place])).get(placeText(place));
  return pinned === undefined ? chain : fixedPart(chain, pinned[start] ?? 0);
};

/**
 * The states that a chain must have by the archive: those of the shadow. Which keys a slot with too many of them leaves out
 * follows from the order of its appends, which the shadow does not share: such a slot is computed in its own order.
 */
const statesByArchive = async (
  { archive, meters }: Pick<ComparePorts, 'archive' | 'meters'>,
  chain: readonly Append[],
  shadow: readonly Append[],
): Promise<StateMap> => {
  const { states } = foldChain(shadow);
  if (!usesOverflow(states) && !usesOverflow(foldChain(chain).states)) return states;
  return recomputeStates(countingEntries(chain), archive, meters);
};

const texts = (entries: readonly ChainEntry[]): ReadonlySet<string> => new Set(entries.map(({ idHash }) => idHash));

/**
 * Compares the chains of a subject's day with those made again from the archive: same ids, same cancellations, same states,
 * chain by chain. How many appends the ids came in is chance, and not compared.
 * @param until what was appended later may be missing in the shadow
 */
export const compareDay = async (
  ports: ComparePorts,
  subject: string,
  day: string,
  until: string,
): Promise<ChainsCompared> => {
  const shadow = await ports.shadow.day(subject, day);
  // The ledger last: what was on its way to it when the archive was read has had all this time.
  const ledger = await ports.ledger.day(subject, day);
  const byChain = ({ appends, overlays }: LedgerRead) =>
    new Map(
      chainsOf([...appends, ...overlays]).map((chain) => [slotText({ subject, start: '', ...chain[0]?.slot }), chain]),
    );
  const [left, right] = [byChain(ledger), byChain(shadow)];
  const differences: Difference[] = [];
  let [ids, moving] = [0, 0];
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  for (const name of names) {
    const chain = await asCounted(ports, left.get(name) ?? [], day);
    const made = right.get(name) ?? [];
    const slot = (chain[0] ?? made[0])?.slot;
    if (slot === undefined) continue;
    const differ = (what: Difference['what'], message: string): void => {
      differences.push({ what, subject, day, chain: chainName(slot), message });
    };
    const [known, found] = [bodies(chain), bodies(made)];
    ids += known.size;
    const old = chain.filter(({ appendedAt }) => appendedAt <= until);
    const isMoving = old.length < chain.length;
    if (isMoving) moving += 1;
    const lost = missing(bodies(old), found);
    const extra = missing(found, known);
    if (lost.length > 0) differ('IDS', `the archive does not give ${someOf(lost)}, which the ledger has`);
    if (extra.length > 0) differ('IDS', `the archive gives ${someOf(extra)}, which the ledger has not`);
    if (isMoving || lost.length + extra.length > 0 || chain.length === 0) continue;
    const [cancels, cancelled] = [tombstonesOf(chain), tombstonesOf(made)];
    const unlike = [...cancels]
      .filter((id) => !cancelled.has(id))
      .concat([...cancelled].filter((id) => !cancels.has(id)));
    const [usage, counted] = [texts(usageEntries(chain)), texts(usageEntries(made))];
    const roles = [...usage].filter((id) => !counted.has(id)).concat([...counted].filter((id) => !usage.has(id)));
    if (unlike.length > 0) differ('CANCELS', `only one of archive and ledger cancels ${someOf(unlike)}`);
    if (roles.length > 0) differ('CANCELS', `only one of archive and ledger takes ${someOf(roles)} for usage`);
    const states = stateDifference(
      { name: 'the ledger', states: foldChain(chain).states },
      { name: 'the archive', states: await statesByArchive(ports, chain, made) },
    );
    if (states !== undefined) differ('STATES', states);
  }
  return { slots: names.length, ids, moving, differences };
};
