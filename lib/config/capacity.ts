/** Units a second between which a table scales; both 0: it is paid by use. */
export type CapacityRange = { readonly least: number; readonly most: number };

/** How much of its capacity a table is to use, in percent; what is left is for the minutes that scaling takes. */
export const USED_PERCENT = 70;
