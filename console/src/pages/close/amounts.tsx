import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useCloses } from '../../api/queries.ts';
import type { CloseAnswer } from '../../api/types.ts';
import { type Column, csvOf, definitionsOf } from '../../parts/columns.tsx';
import { downloadCsv } from '../../parts/download.ts';
import { Amount } from '../../parts/numbers.tsx';
import { type AmountRow, amountRows } from './amount-rows.ts';

const amountColumn = (id: keyof Omit<AmountRow, 'currency'>, header: string): Column<AmountRow> => ({
  id,
  header,
  numeric: true,
  minWidth: 130,
  cell: (row) => <Amount amount={row[id]} currency={row.currency} />,
  csv: (row) => row[id],
});

const COLUMNS: readonly Column<AmountRow>[] = [
  { id: 'currency', header: 'Currency', width: 110, cell: ({ currency }) => currency, csv: ({ currency }) => currency },
  amountColumn('rated', 'Rated'),
  amountColumn('frozen', 'In manifests'),
  amountColumn('approved', 'Approved'),
  amountColumn('posted', 'Posted'),
  amountColumn('reconciled', 'Reconciled'),
  amountColumn('before', 'Period before'),
  amountColumn('change', 'Change'),
];

/** How much money is where, by currency, and how it differs from the period before. */
export const Amounts = ({ answer }: { answer: CloseAnswer }) => {
  const closes = useCloses().data ?? [];
  const rows = amountRows(answer, closes);
  return (
    <Table
      items={rows}
      trackBy="currency"
      columnDefinitions={definitionsOf(COLUMNS)}
      ariaLabels={{ tableLabel: 'Totals by currency' }}
      header={
        <Header
          variant="h2"
          description="Amounts in the currency of the row; in parentheses: negative"
          actions={
            <Button
              iconName="download"
              disabled={rows.length === 0}
              onClick={() => downloadCsv(`${answer.close.closeId}-totals`, csvOf(COLUMNS), rows)}
            >
              Download CSV
            </Button>
          }
        >
          Totals by currency
        </Header>
      }
      empty={
        <Box textAlign="center" color="inherit">
          No amounts yet. They appear when the first accounts are rated.
        </Box>
      }
    />
  );
};
