import { formatDecimal, parseDecimal, subtract } from '../../platform/decimal.ts';
import { applyStates, type ChainView, emptyView } from '../ledger/append.ts';
import { aloneIn } from '../ledger/chain.ts';
import { linesOf } from '../ledger/ledger-item.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import type { Seal } from '../ledger/seal.ts';
import { type SealedSlots, sealQuiet } from '../ledger/sealed-slots.ts';
import { type SealedScalars, sealChain } from '../ledger/sealed-view.ts';
import { gatherStates, type ScalarState, type StateMap } from '../ledger/state.ts';
import type { Append, KeyState, Point, Slot, StateKey } from '../types.ts';

/**
 * By how much the appends after a version move what a slot says: added to what was made from the slot at that version, they
 * give what it says now.
 */
export type SlotMoves = {
  readonly start: string;
  /** The version that they lead to. */
  readonly version: number;
  /** Counts and sums are differences; extremes, last values, sets and points unite as they are. */
  readonly states: StateMap;
  /** The last value of each scalar among them as it was before: whoever keeps one per slot takes it out. */
  readonly replaced: ReadonlyMap<StateKey, Point>;
  readonly accepted: number;
  readonly late: number;
};

/** What is read of a chain to tell its moves. */
export type MovesPorts = { readonly ledger: Pick<LedgerStore, 'slotAbove'>; readonly sealed?: SealedSlots | undefined };

/** A slot, the version that is known of it (0: none), its seal if there is one, and whether what is read may be sealed. */
export type MovesRequest = {
  readonly slot: Slot;
  readonly known: number;
  readonly seal?: Seal | undefined;
  readonly seals: boolean;
};

/** A sealed chain is sealed anew when so many appends follow it: each is read again with every late event. */
const SEALED_AGAIN_AFTER = 20;

const movedBy = (state: KeyState, before: ScalarState | undefined): KeyState =>
  state.class !== 'scalar' || before === undefined
    ? state
    : {
        ...state,
        count: state.count - before.count,
        sum: formatDecimal(subtract(parseDecimal(state.sum), parseDecimal(before.sum))),
      };

const moves = (before: ChainView, fresh: readonly Append[], { start }: Slot): SlotMoves => {
  const scalars = new Map<StateKey, ScalarState>();
  const gathered = gatherStates();
  for (const [key, state] of fresh.flatMap(({ states }) => Object.entries(states))) {
    if (state.class === 'scalar') scalars.set(key, state);
    else gathered.add(key, state);
  }
  const replaced = new Map<StateKey, Point>();
  for (const [key, state] of scalars) {
    const known = before.scalars.get(key);
    if (known !== undefined) replaced.set(key, known.latest);
    gathered.add(key, movedBy(state, known));
  }
  return {
    start,
    version: fresh.at(-1)?.version ?? before.version,
    states: gathered.states(),
    replaced,
    accepted: fresh.reduce((total, append) => total + linesOf(append) - aloneIn(append), 0),
    late: fresh.reduce((total, { late }) => total + late, 0),
  };
};

/** What was read of a chain: what follows `sealed`, which goes up to `known` at most; without it, all. */
type Tail = { readonly sealed: SealedScalars | undefined; readonly appends: readonly Append[] };

const tailOf = async ({ ledger, sealed }: MovesPorts, { slot, known, seal }: MovesRequest): Promise<Tail> => {
  if (seal !== undefined && seal.version <= known) {
    const { appends } = await ledger.slotAbove(slot, seal.version);
    if ((appends.at(-1)?.version ?? 0) <= known) return { sealed: undefined, appends: [] };
    const told = await sealed?.scalars(seal);
    const follows = told !== undefined && told.version <= known;
    if (follows) return { sealed: told, appends: appends.filter(({ version }) => version > told.version) };
  }
  // Most often there is nothing new, which takes little to see.
  const fresh = await ledger.slotAbove(slot, known);
  if (known === 0 || fresh.appends.length === 0) return { sealed: undefined, appends: fresh.appends };
  return { sealed: undefined, appends: (await ledger.slotAbove(slot, 0)).appends };
};

const viewOf = ({ version, scalars }: SealedScalars): ChainView => ({
  ...emptyView(),
  version,
  scalars: new Map(scalars),
});

/**
 * Tells by how much a live chain moved since a version. `undefined`: by nothing. `restated`: it cannot be told, because the
 * states were stated anew since.
 */
export const movesSince = async (
  ports: MovesPorts,
  request: MovesRequest,
): Promise<SlotMoves | 'restated' | undefined> => {
  const { slot, known, seals } = request;
  const { sealed, appends } = await tailOf(ports, request);
  const fresh = appends.filter(({ version }) => version > known);
  if (fresh.length === 0) return undefined;
  if (seals) await sealTail(ports.sealed, request, { sealed, appends });
  if (fresh.some(({ full }) => full)) return 'restated';
  const before = sealed === undefined ? emptyView() : viewOf(sealed);
  for (const append of appends) if (append.version <= known) applyStates(before, append);
  return moves(before, fresh, slot);
};

const sealTail = async (
  slots: SealedSlots | undefined,
  { slot, seal }: MovesRequest,
  { sealed, appends }: Tail,
): Promise<void> => {
  if (sealed === undefined) return appends[0]?.version === 1 ? sealQuiet(slots, appends) : undefined;
  if (seal === undefined || appends.length < SEALED_AGAIN_AFTER) return;
  const chain = await slots?.open(seal);
  if (chain?.version === sealed.version) await slots?.put(sealChain(slot, appends, chain));
};
