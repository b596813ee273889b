import type { PriceView } from '../../../../lambdas/catalog/types.ts';
import type { Column } from '../../parts/columns.tsx';
import { SmallTable } from '../../parts/small-table.tsx';

const partText = ({ step, part, text }: PriceView['parts'][number]): string =>
  part === '' ? `${step}: ${text}` : `${part}: ${text}`;

/** How a price is made, a line per step, its tiers below it. */
const Parts = ({ parts }: Pick<PriceView, 'parts'>) => (
  <ul className="parts">
    {parts.map((part) => (
      <li key={`${part.step} ${part.part}`} className={part.part === '' || part.step === 'price' ? '' : 'inner'}>
        {part.part === '' ? (
          <>
            <b>{part.step}</b> {part.text}
          </>
        ) : (
          `${part.part}: ${part.text}`
        )}
      </li>
    ))}
  </ul>
);

const COLUMNS: readonly Column<PriceView>[] = [
  {
    id: 'description',
    header: 'Price',
    cell: ({ description }) => description,
    compare: (a, b) => a.description.localeCompare(b.description),
    csv: ({ description }) => description,
  },
  {
    id: 'id',
    header: 'Id',
    cell: ({ id }) => <code>{id}</code>,
    compare: (a, b) => a.id.localeCompare(b.id),
    csv: ({ id }) => id,
  },
  {
    id: 'product',
    header: 'Product',
    cell: ({ product }) => product,
    compare: (a, b) => a.product.localeCompare(b.product),
    csv: ({ product }) => product,
  },
  {
    id: 'meter',
    header: 'Measured by',
    cell: ({ meter }) => meter ?? 'nothing, a fee',
    compare: (a, b) => (a.meter ?? '').localeCompare(b.meter ?? ''),
    csv: ({ meter }) => meter,
  },
  {
    id: 'parts',
    header: 'How it is priced',
    minWidth: 380,
    cell: ({ parts }) => <Parts parts={parts} />,
    csv: ({ parts }) => parts.map(partText).join('; '),
  },
];

/** The prices of a version, as one reads a price list. */
export const Prices = ({ prices, csvName }: { prices: readonly PriceView[]; csvName: string }) => (
  <SmallTable
    title="Prices"
    columns={COLUMNS}
    items={prices}
    trackBy={({ id }) => id}
    empty="This version has no prices."
    csvName={csvName}
    pageSize={50}
  />
);
