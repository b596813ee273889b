import { type Decimal, DecimalFormatError, fromInteger, parseDecimal } from '../../platform/decimal.ts';

const plain = (value: number): string => {
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const negative = mantissa.startsWith('-');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const point = whole.length + Number(exponent);
  const digits = `${whole}${fraction}`;
  const text =
    point <= 0
      ? `0.${'0'.repeat(-point)}${digits}`
      : point >= digits.length
        ? digits.padEnd(point, '0')
        : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return `${negative ? '-' : ''}${text}`;
};

/**
 * A measured value, exactly: a decimal string, or a JSON number by its shortest form; `undefined` if it is neither. That a
 * number has no more than 15 significant digits was checked when it was decoded.
 */
export const decimalOf = (value: unknown): Decimal | undefined => {
  if (Number.isSafeInteger(value)) return fromInteger(value as number);
  const text = typeof value === 'number' && Number.isFinite(value) ? plain(value) : value;
  if (typeof text !== 'string') return undefined;
  try {
    return parseDecimal(text);
  } catch (error) {
    if (error instanceof DecimalFormatError) return undefined;
    throw error;
  }
};
