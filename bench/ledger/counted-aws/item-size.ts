/** A value as DynamoDB takes it over the wire. */
export type Value = {
  readonly S?: string;
  readonly N?: string;
  /** Base64. */
  readonly B?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly M?: Item;
  readonly L?: readonly Value[];
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly string[];
};

/** An item as DynamoDB takes it over the wire. */
export type Item = Readonly<Record<string, Value>>;

const binaryBytes = (base64: string): number => {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
};

/** About one byte per two significant digits and one; one more for a minus sign. */
const numberBytes = (text: string): number => {
  const digits = text.replace(/^-/, '').replace(/e.*$/i, '').replace('.', '').replace(/^0+/, '').replace(/0+$/, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const valueBytes = (value: Value): number => {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return binaryBytes(value.B);
  if (value.SS) return sum(value.SS.map((text) => Buffer.byteLength(text)));
  if (value.NS) return sum(value.NS.map(numberBytes));
  if (value.BS) return sum(value.BS.map(binaryBytes));
  // A list or map takes three bytes, and one more for each element.
  if (value.L) return 3 + sum(value.L.map((each) => valueBytes(each) + 1));
  if (value.M) return 3 + itemBytes(value.M) + Object.keys(value.M).length;
  return 1;
};

/**
 * The size of an item by the published rules: names as UTF-8, values by their type
 * (Amazon DynamoDB Developer Guide, "Item sizes and formats").
 */
export const itemBytes = (item: Item): number =>
  Object.entries(item).reduce((bytes, [name, value]) => bytes + Buffer.byteLength(name) + valueBytes(value), 0);

/** Write units of an item of so many bytes: each begun KB, at least one. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));

/** Read units of so many bytes read by one request: each begun 4 KB, half if eventually consistent. */
export const readUnits = (bytes: number, strong: boolean): number =>
  Math.max(1, Math.ceil(bytes / 4096)) * (strong ? 1 : 0.5);
