import type { ReactNode } from 'react';
import { formatAmount, formatMoney, formatQuantity } from '../format/amount.ts';
import { isNegative } from '../format/decimal.ts';
import { useLocale } from '../frame/preferences.tsx';

/** Right-aligned content of a table cell or header, in tabular figures. */
export const Right = ({ children }: { children: ReactNode }) => <div className="right">{children}</div>;

/** An amount without its unit (the header names it); hovering shows the exact value with its currency. */
export const Amount = ({ amount, currency }: { amount: string | undefined; currency: string }) => {
  const locale = useLocale();
  if (amount === undefined) return <span className="num">–</span>;
  return (
    <span className={isNegative(amount) ? 'num' : 'num num-positive'} title={`${currency} ${amount}`}>
      {formatAmount(amount, currency, locale)}
    </span>
  );
};

/** An amount with its currency, for running text and single values. */
export const Money = ({ amount, currency }: { amount: string; currency: string }) => (
  <span className="num" title={`${currency} ${amount}`}>
    {formatMoney(amount, currency, useLocale())}
  </span>
);

/** A quantity, shortened to what one can read; the exact one is on hover. */
export const Quantity = ({ quantity, unit }: { quantity: string; unit?: string }) => (
  <span className="num" title={unit ? `${quantity} ${unit}` : quantity}>
    {formatQuantity(quantity, useLocale())}
  </span>
);
