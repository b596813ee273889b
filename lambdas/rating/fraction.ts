/** An exact share: `part / whole`, `whole` above 0. */
export type Fraction = { readonly part: bigint; readonly whole: bigint };

/** All of it. */
export const ALL: Fraction = { part: 1n, whole: 1n };

const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : divisor(b, a % b));

/** `part / whole` in lowest terms. @throws {RangeError} if `whole` is not above 0. */
export const fraction = (part: bigint, whole: bigint): Fraction => {
  if (whole <= 0n) throw new RangeError(`a share needs a whole above 0, not ${whole}`);
  const common = divisor(part < 0n ? -part : part, whole);
  return { part: part / common, whole: whole / common };
};

/** `a + b`. */
export const addFractions = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.part * b.whole + b.part * a.whole, a.whole * b.whole);

/** `a ÷ b`. @throws {RangeError} if `b` is not above 0. */
export const divideFractions = (a: Fraction, b: Fraction): Fraction => fraction(a.part * b.whole, a.whole * b.part);
