/** Numbers that were read already: a few are read over and over. */
const known = new Map<string, Rational>();
const MOST_KNOWN = 5_000;

/** A fraction of big integers, always reduced, its denominator above 0. Slow and plain: nothing is ever rounded unless asked. */
export class Rational {
  readonly top: bigint;
  readonly bottom: bigint;

  constructor(top: bigint, bottom = 1n) {
    if (bottom === 0n) throw new Error('a fraction of 0 parts');
    const shared = bottom === 1n ? 1n : commonDivisor(top, bottom);
    const sign = bottom < 0n ? -1n : 1n;
    this.top = (sign * top) / shared;
    this.bottom = (sign * bottom) / shared;
  }

  /** A decimal string such as `-12.50`. @throws if it is none. */
  static of(text: string): Rational {
    const read = known.get(text);
    if (read !== undefined) return read;
    if (known.size >= MOST_KNOWN) known.clear();
    const made = Rational.read(text);
    known.set(text, made);
    return made;
  }

  private static read(text: string): Rational {
    const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
    if (found === null) throw new Error(`not a decimal: ${text}`);
    const [, sign, whole = '0', places = ''] = found;
    const top = BigInt(whole + places);
    return new Rational(sign === '-' ? -top : top, 10n ** BigInt(places.length));
  }

  static whole(n: number): Rational {
    return new Rational(BigInt(n));
  }

  plus(other: Rational): Rational {
    if (this.bottom === other.bottom) return new Rational(this.top + other.top, this.bottom);
    return new Rational(this.top * other.bottom + other.top * this.bottom, this.bottom * other.bottom);
  }

  minus(other: Rational): Rational {
    return this.plus(other.negated());
  }

  times(other: Rational): Rational {
    return new Rational(this.top * other.top, this.bottom * other.bottom);
  }

  over(other: Rational): Rational {
    return new Rational(this.top * other.bottom, this.bottom * other.top);
  }

  negated(): Rational {
    return new Rational(-this.top, this.bottom);
  }

  /** Below 0, 0 or above it, as this is less than, equal to or more than the other. */
  compare(other: Rational): number {
    const difference = this.top * other.bottom - other.top * this.bottom;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  isAbove(other: Rational): boolean {
    return this.compare(other) > 0;
  }

  isZero(): boolean {
    return this.top === 0n;
  }

  sign(): number {
    return this.top < 0n ? -1 : this.top > 0n ? 1 : 0;
  }

  floor(): Rational {
    const down = this.top / this.bottom;
    return new Rational(down * this.bottom === this.top || this.top >= 0n ? down : down - 1n);
  }

  ceiling(): Rational {
    return this.negated().floor().negated();
  }

  /** To so many decimals. `up` is away from 0, `down` towards it, `half-up` takes a half away from 0. */
  rounded(places: number, how: 'half-up' | 'half-even' | 'up' | 'down'): Rational {
    const scale = new Rational(10n ** BigInt(places));
    const scaled = this.times(scale);
    const size = scaled.sign() < 0 ? scaled.negated() : scaled;
    const down = size.floor();
    const rest = size.minus(down).compare(HALF);
    const odd = down.top % 2n === 1n;
    const away =
      how === 'up'
        ? !size.minus(down).isZero()
        : how === 'half-up'
          ? rest >= 0
          : how === 'half-even' && (rest > 0 || (rest === 0 && odd));
    const whole = away ? down.plus(ONE) : down;
    return (scaled.sign() < 0 ? whole.negated() : whole).over(scale);
  }

  /** `7/3`, or `2.5` where a decimal says it. */
  toString(): string {
    let bottom = this.bottom;
    let places = 0;
    for (; bottom % 10n === 0n; places += 1) bottom /= 10n;
    for (const prime of [2n, 5n]) for (; bottom % prime === 0n; places += 1) bottom /= prime;
    if (bottom !== 1n) return `${this.top}/${this.bottom}`;
    const digits = `${((this.top < 0n ? -this.top : this.top) * 10n ** BigInt(places)) / this.bottom}`.padStart(
      places + 1,
      '0',
    );
    const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, '');
    return this.top < 0n ? `-${text}` : text;
  }
}

const commonDivisor = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
};

export const NOTHING = new Rational(0n);
export const ONE = new Rational(1n);
const HALF = new Rational(1n, 2n);
export const HUNDRED = new Rational(100n);

export const least = (a: Rational, b: Rational): Rational => (a.isAbove(b) ? b : a);
export const most = (a: Rational, b: Rational): Rational => (a.isAbove(b) ? a : b);
export const total = (all: readonly Rational[]): Rational => all.reduce((sum, each) => sum.plus(each), NOTHING);
