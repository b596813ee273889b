const SLOT_MILLIS = 15 * 60 * 1000;

/** Whether an instant is an edge between two slots. No version of anything may take effect inside a slot. */
export const isSlotEdge = (instant: string): boolean => Date.parse(instant) % SLOT_MILLIS === 0;
