import type { PriceOf } from '../catalog/cliffs.ts';
import type { Price, PriceStep } from '../catalog/types.ts';
import {
  add,
  compare,
  type Decimal,
  formatDecimal,
  fromInteger,
  isNegative,
  isZero,
  multiply,
  negate,
  parseDecimal,
  subtract,
} from '../platform/decimal.ts';
import type { ArithmeticNode, RatedLine } from '../rating/types.ts';
import { amountText } from './amounts.ts';
import type { NearCliff } from './types.ts';

type Volume = Extract<PriceStep, { step: 'volume' }>;

const volumeOf = ({ steps }: Price): Volume | undefined => steps.find((step) => step.step === 'volume');

/** The quantity that a charge step was given: the result of the node before its own. */
const chargedQuantity = (nodes: readonly ArithmeticNode[]): string | undefined => {
  const at = nodes.findIndex(({ step }) => step === 'volume');
  if (at > 0) return nodes[at - 1]?.result;
  for (const { children } of nodes) {
    const found = chargedQuantity(children);
    if (found !== undefined) return found;
  }
  return undefined;
};

const absolute = (value: Decimal): Decimal => (isNegative(value) ? negate(value) : value);

/** The next quantity after an edge: one unit of its last decimal more. */
const nextAfter = (edge: Decimal): Decimal => add(edge, { units: 1n, scale: edge.scale });

const isNear = (quantity: Decimal, edge: Decimal, percent: number): boolean =>
  compare(multiply(absolute(subtract(quantity, edge)), fromInteger(100)), multiply(edge, fromInteger(percent))) <= 0;

/** What has tiers that price all units alike: only there a small change of the quantity can change the amount much. */
export const hasVolume = (price: Price | undefined): boolean => price !== undefined && volumeOf(price) !== undefined;

/**
 * The edges of a volume price that a line is near to, with what the last quantity before the edge and the next one cost;
 * edges that change nothing but by the price of that one unit are none. `priceOf` is the rating library.
 */
export const nearCliffsOf = (
  line: Pick<RatedLine, 'account' | 'contract' | 'item' | 'period' | 'currency' | 'unit' | 'arithmetic'>,
  price: Price,
  bookCurrency: string,
  nearPercent: number,
  priceOf: PriceOf,
): NearCliff[] => {
  const volume = volumeOf(price);
  const charged = chargedQuantity(line.arithmetic.children);
  if (volume === undefined || charged === undefined) return [];
  const quantity = parseDecimal(charged);
  const costs = (q: Decimal): Decimal =>
    parseDecimal(priceOf({ steps: [volume], quantity: formatDecimal(q), unit: line.unit, currency: bookCurrency }));
  const text = (amount: Decimal): string => amountText(amount, bookCurrency);
  return volume.tiers.flatMap(({ upTo, unitPrice }, n): NearCliff[] => {
    const next = volume.tiers[n + 1];
    if (upTo === null || next === undefined) return [];
    const edge = parseDecimal(upTo);
    if (!isNear(quantity, edge, nearPercent)) return [];
    const isSame = next.unitPrice === unitPrice && isZero(parseDecimal(next.flatFee ?? '0'));
    if (isSame) return [];
    const [atEdge, beyond] = [costs(edge), costs(nextAfter(edge))];
    return [
      {
        account: line.account,
        contract: line.contract,
        item: line.item,
        start: line.period.start,
        currency: bookCurrency,
        quantity: charged,
        edge: upTo,
        atEdge: text(atEdge),
        beyond: text(beyond),
        jump: text(subtract(beyond, atEdge)),
      },
    ];
  });
};
