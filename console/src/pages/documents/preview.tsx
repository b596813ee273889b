import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import SplitPanel from '@cloudscape-design/components/split-panel';
import { useNavigate } from 'react-router';
import { useNames } from '../../api/queries.ts';
import type { DocumentRow, SlimLine } from '../../api/types.ts';
import type { Column } from '../../parts/columns.tsx';
import { Amount, Quantity } from '../../parts/numbers.tsx';
import { SmallTable } from '../../parts/small-table.tsx';
import { KIND_NAMES } from '../close/manifest-summary.ts';
import { pathOf } from './document-columns.tsx';
import { Facts } from './facts.tsx';

const columnsFor = (currency: string): readonly Column<SlimLine>[] => [
  { id: 'description', header: 'Line', cell: ({ description }) => description, csv: ({ description }) => description },
  {
    id: 'quantity',
    header: 'Quantity',
    numeric: true,
    cell: ({ quantity, unit }) => <Quantity quantity={quantity} unit={unit} />,
    csv: ({ quantity }) => quantity,
  },
  { id: 'unit', header: 'Unit', cell: ({ unit }) => unit, csv: ({ unit }) => unit },
  {
    id: 'amount',
    header: `Amount, ${currency}`,
    numeric: true,
    cell: ({ amount }) => <Amount amount={amount} currency={currency} />,
    csv: ({ amount }) => amount,
  },
];

/** The chosen document below the list. */
export const Preview = ({ row }: { row: DocumentRow }) => {
  const navigate = useNavigate();
  const names = useNames();
  const { document, delivery } = row;
  return (
    <SplitPanel
      header={`${KIND_NAMES[document.kind]} for ${document.accountName}`}
      hidePreferencesButton
      closeBehavior="hide"
      headerActions={<Button onClick={() => navigate(pathOf(row))}>Open</Button>}
    >
      <SpaceBetween size="l">
        {delivery?.lastError ? (
          <Alert
            type={delivery.state === 'failed' ? 'error' : 'info'}
            header={`Last error: ${delivery.lastError.class}`}
          >
            {delivery.lastError.message} ({delivery.lastError.code})
          </Alert>
        ) : null}
        <Facts document={document} delivery={delivery} names={names} />
        <SmallTable
          title="Lines"
          columns={columnsFor(document.currency)}
          items={document.lines}
          trackBy={({ lineId }) => lineId}
          empty="This document has no lines."
          csvName={`${document.documentId}-lines`}
          variant="embedded"
        />
      </SpaceBetween>
    </SplitPanel>
  );
};
