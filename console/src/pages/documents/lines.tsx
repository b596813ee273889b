import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import type { DocumentLine, ErpDocument } from '../../../../lambdas/close/types.ts';
import { formatCount } from '../../format/amount.ts';
import { useKeys } from '../../frame/keys.ts';
import { useLocale } from '../../frame/preferences.tsx';
import { type Column, csvOf, definitionsOf } from '../../parts/columns.tsx';
import { downloadCsv } from '../../parts/download.ts';
import { Amount, Quantity } from '../../parts/numbers.tsx';
import { useRowInSight } from '../../parts/row-in-sight.ts';

const columnsFor = (document: ErpDocument): readonly Column<DocumentLine>[] => [
  {
    id: 'description',
    header: 'Line',
    minWidth: 220,
    cell: (line) => (
      <>
        <div>{line.description}</div>
        {line.rated.account === document.account ? null : (
          <Box fontSize="body-s" color="text-body-secondary">
            use of {line.rated.account}
          </Box>
        )}
      </>
    ),
    csv: ({ description }) => description,
  },
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
    header: `Amount, ${document.currency}`,
    numeric: true,
    cell: ({ amount }) => <Amount amount={amount} currency={document.currency} />,
    csv: ({ amount }) => amount,
  },
];

type Props = {
  readonly document: ErpDocument;
  readonly chosen: string | undefined;
  readonly choose: (lineId: string | undefined) => void;
};

/** The lines of a document; choosing one shows how its amount came about. */
export const Lines = ({ document, chosen, choose }: Props) => {
  const locale = useLocale();
  const { lines } = document;
  const columns = columnsFor(document);
  const step = (by: number) => {
    const at = lines.findIndex(({ lineId }) => lineId === chosen);
    const next = lines[at === -1 ? (by > 0 ? 0 : lines.length - 1) : at + by];
    if (next) choose(next.lineId);
  };
  useRowInSight(chosen);
  useKeys({ j: () => step(1), k: () => step(-1) });

  return (
    <Table
      items={lines}
      trackBy="lineId"
      wrapLines
      columnDefinitions={definitionsOf(columns)}
      selectionType="single"
      selectedItems={lines.filter(({ lineId }) => lineId === chosen)}
      onSelectionChange={({ detail }) => choose(detail.selectedItems[0]?.lineId)}
      onRowClick={({ detail }) => choose(detail.item.lineId)}
      ariaLabels={{
        tableLabel: 'Lines',
        selectionGroupLabel: 'Choose a line',
        itemSelectionLabel: (_, line) => `Choose ${line.description}`,
      }}
      header={
        <Header
          variant="h2"
          counter={`(${formatCount(lines.length, locale)})`}
          description="Choose a line to see how its amount was computed, and from which events"
          actions={
            <Button
              iconName="download"
              onClick={() => downloadCsv(`${document.documentId}-lines`, csvOf(columns), lines)}
            >
              Download CSV
            </Button>
          }
        >
          Lines
        </Header>
      }
      empty={
        <Box textAlign="center" color="inherit">
          This document has no lines.
        </Box>
      }
      footer={
        <div className="right">
          <Box variant="strong">
            Total {document.currency} <Amount amount={document.total} currency={document.currency} />
          </Box>
        </div>
      }
    />
  );
};
