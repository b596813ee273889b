import type { Seal } from '../../lambdas/usage/ledger/seal.ts';
import type { SealedSlots } from '../../lambdas/usage/ledger/sealed-slots.ts';
import { openSealed, type SealedObject, sealedScalars } from '../../lambdas/usage/ledger/sealed-view.ts';

/** Sealed slots in memory, for tests. May be used because it passes test/contract/sealed-slots.ts. */
export type MemorySealedSlots = SealedSlots & {
  /** Objects by `<subject>/<start>`: to be changed only to show that they were lost or tampered with. */
  readonly objects: Map<string, SealedObject['body']>;
};

export const memorySealedSlots = (fromIds: number): MemorySealedSlots => {
  const seals = new Map<string, Seal>();
  const objects = new Map<string, SealedObject['body']>();
  const placeOf = ({ subject, start }: Seal): string => `${subject}/${start}`;
  return {
    objects,
    fromIds,
    of: async (subject, { from, to }) =>
      [...seals.values()]
        .filter((seal) => seal.subject === subject && seal.start >= from && seal.start < to)
        .sort((a, b) => (a.start < b.start ? -1 : 1)),
    open: async (seal) => {
      const body = objects.get(placeOf(seal));
      const chain = body === undefined ? undefined : openSealed(seal, body);
      return chain !== undefined && chain.version >= seal.version ? chain : undefined;
    },
    scalars: async (seal) => {
      const body = objects.get(placeOf(seal));
      const told = body === undefined ? undefined : sealedScalars(seal, body);
      return told !== undefined && told.version >= seal.version ? told : undefined;
    },
    put: async ({ seal, body }) => {
      objects.set(placeOf(seal), body);
      if ((seals.get(placeOf(seal))?.version ?? 0) < seal.version) seals.set(placeOf(seal), seal);
    },
  };
};
