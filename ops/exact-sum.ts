/** The exact sum of decimal texts such as `-12.50`, without trailing zeros. */
export const exactSum = (decimals: readonly string[]): string => {
  const scale = Math.max(0, ...decimals.map((each) => each.split('.')[1]?.length ?? 0));
  const unitsOf = (decimal: string): bigint => {
    const [whole = '', fraction = ''] = decimal.split('.');
    return BigInt(`${whole}${fraction.padEnd(scale, '0')}`);
  };
  const sum = decimals.reduce((total, each) => total + unitsOf(each), 0n);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(scale + 1, '0');
  const [whole, fraction] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)];
  const text = fraction.replace(/0+$/, '') === '' ? whole : `${whole}.${fraction.replace(/0+$/, '')}`;
  return sum < 0n ? `-${text}` : text;
};
