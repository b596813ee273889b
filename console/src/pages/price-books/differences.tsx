import Box from '@cloudscape-design/components/box';
import type { BookChange, BookDiff } from '../../../../lambdas/catalog/types.ts';
import type { Column } from '../../parts/columns.tsx';
import { SmallTable } from '../../parts/small-table.tsx';
import { titleOfVersion } from './words.ts';

const whereOf = ({ step, part }: BookChange): string => (part === '' ? step : `${step}, ${part}`);

const COLUMNS: readonly Column<BookChange>[] = [
  {
    id: 'price',
    header: 'Price',
    cell: ({ description, price }) => <span title={price}>{description}</span>,
    compare: (a, b) => a.description.localeCompare(b.description),
    csv: ({ description }) => description,
  },
  {
    id: 'change',
    header: 'Change',
    cell: ({ change }) => change,
    compare: (a, b) => a.change.localeCompare(b.change),
    csv: ({ change }) => change,
  },
  {
    id: 'where',
    header: 'Where',
    cell: whereOf,
    compare: (a, b) => whereOf(a).localeCompare(whereOf(b)),
    csv: whereOf,
  },
  { id: 'before', header: 'Before', cell: ({ before }) => before ?? '–', csv: ({ before }) => before },
  {
    id: 'after',
    header: 'After',
    cell: ({ after }) => (after === undefined ? '–' : <b>{after}</b>),
    csv: ({ after }) => after,
  },
];

const keyOf = ({ change, price, step, part }: BookChange): string => `${change} ${price} ${step} ${part}`;

/** What the second of two versions says otherwise. */
export const Differences = ({
  id,
  diff,
  error,
  retry,
}: {
  id: string;
  diff: BookDiff | undefined;
  error: unknown;
  retry: () => void;
}) => (
  <SmallTable
    title="Differences"
    description={
      diff === undefined ? undefined : (
        <Box variant="span" color="inherit">
          From {titleOfVersion(diff.from)} to {titleOfVersion(diff.to)}
        </Box>
      )
    }
    columns={COLUMNS}
    items={diff?.changes}
    error={error}
    retry={retry}
    trackBy={keyOf}
    empty="Both versions say the same."
    csvName={`${id} differences`}
    pageSize={50}
  />
);
