import type { PriceStep } from '../../../lambdas/catalog/types.ts';
import { roundingOf } from './charge-step.ts';
import { CannotExpress, type Reader } from './reader.ts';

/** Steps before the charge: the measured unit to the priced one, and what is included. */
export const quantitySteps = (params: Reader): PriceStep[] => {
  const [divideBy, multiplyBy] = [params.decimal('divideBy'), params.decimal('multiplyBy')];
  const included = ['usageDiscount', 'freeUnits'].flatMap((key) => params.decimal(key) ?? []);
  if (included.length > 1)
    throw new CannotExpress('both params.usageDiscount and params.freeUnits say what is included');
  if (divideBy !== undefined && multiplyBy !== undefined) {
    throw new CannotExpress('a conversion multiplies or divides, not both');
  }
  const by = divideBy !== undefined ? { divideBy } : multiplyBy !== undefined ? { multiplyBy } : undefined;
  const rounding = by === undefined ? undefined : roundingOf(params);
  return [
    ...(by === undefined
      ? []
      : [
          {
            step: 'unit-conversion',
            ...by,
            ...(rounding === undefined ? {} : { rounding }),
            unit: 'priced unit',
          } as const,
        ]),
    // Nothing included is no step.
    ...included.flatMap((quantity) => (quantity === '0' ? [] : [{ step: 'allowance', quantity } as const])),
  ];
};

/** A commitment on the charge: of the whole quantity or of each window. */
export const commitmentSteps = (params: Reader): PriceStep[] => {
  const amounts = ['commitment', 'commitmentPerWindow'].flatMap((key) => params.decimal(key) ?? []);
  const [overageFactor, trueUp] = [params.decimal('overageFactor'), params.flag('trueUp')];
  if (amounts.length > 1) throw new CannotExpress('both params.commitment and params.commitmentPerWindow are there');
  return amounts.map((amount) => ({
    step: 'commitment',
    amount,
    ...(overageFactor === undefined ? {} : { overageFactor }),
    trueUp: trueUp === true,
  }));
};

/** Discounts of a line. */
export const discountSteps = (params: Reader): PriceStep[] => {
  const [percent, amount] = [params.decimal('percentageDiscount'), params.money('amountDiscount')];
  return [
    ...(percent === undefined ? [] : [{ step: 'percentage-discount', percent } as const]),
    ...(amount === undefined ? [] : [{ step: 'amount-discount', amount } as const]),
  ];
};

/** The least and the most that is charged. */
export type Bounds = { readonly minimum?: string; readonly maximum?: string };

/** Reads the bounds of a case. */
export const boundsOf = (params: Reader): Bounds => {
  const [minimum, maximum] = [params.money('minimum'), params.money('maximum')];
  return { ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }) };
};

/** Bounds as steps of one line. */
export const boundSteps = ({ minimum, maximum }: Bounds): PriceStep[] => [
  ...(minimum === undefined ? [] : [{ step: 'minimum', amount: minimum } as const]),
  ...(maximum === undefined ? [] : [{ step: 'maximum', amount: maximum } as const]),
];
