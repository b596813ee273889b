/** One figure that must agree: what the generator or the other side says, and what Meterbridge says. */
export type Check = {
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
  readonly agrees: boolean;
};

/** Collects figures to compare. Every comparison is exact, as text. */
export type Checks = {
  equal(name: string, expected: string | number | boolean, actual: string | number | boolean | undefined): void;
  readonly all: readonly Check[];
  readonly failed: readonly Check[];
};

export const makeChecks = (): Checks => {
  const all: Check[] = [];
  return {
    all,
    get failed() {
      return all.filter((check) => !check.agrees);
    },
    equal: (name, expected, actual) => {
      const [e, a] = [String(expected), String(actual)];
      all.push({ name, expected: e, actual: a, agrees: e === a });
    },
  };
};

const numberText = (text: string): string => text.replace(/\.?0+$/, (zeros) => (text.includes('.') ? '' : zeros));

/** Whether two decimal texts are the same number, written differently at most by trailing zeros. */
export const sameNumber = (a: string, b: string): boolean => numberText(a) === numberText(b);

/** Exact sum of decimal texts with at most 20 decimals. */
export const sumDecimals = (texts: readonly string[]): string => {
  const scale = 20;
  const total = texts.reduce((sum, text) => {
    const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
    const units = BigInt(whole + fraction.padEnd(scale, '0'));
    return text.startsWith('-') ? sum - units : sum + units;
  }, 0n);
  const digits = (total < 0n ? -total : total).toString().padStart(scale + 1, '0');
  const decimals = digits.slice(-scale).replace(/0+$/, '');
  return `${total < 0n ? '-' : ''}${digits.slice(0, -scale)}${decimals === '' ? '' : `.${decimals}`}`;
};
