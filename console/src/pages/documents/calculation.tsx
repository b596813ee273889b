import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useMemo, useState } from 'react';
import type { DocumentLine, ErpDocument } from '../../../../lambdas/close/types.ts';
import type { ArithmeticNode } from '../../../../lambdas/rating/types.ts';
import { formatQuantity } from '../../format/amount.ts';
import { isZero, subtract } from '../../format/decimal.ts';
import { useLocale } from '../../frame/preferences.tsx';
import { Amount, Money, Quantity } from '../../parts/numbers.tsx';

/** A node of the arithmetic with its place in the tree. */
type Step = { readonly id: string; readonly node: ArithmeticNode; readonly children: readonly Step[] };

const stepOf = (node: ArithmeticNode, id: string): Step => ({
  id,
  node,
  children: node.children.map((child, index) => stepOf(child, `${id}.${index + 1}`)),
});

const allOf = (step: Step): Step[] => [step, ...step.children.flatMap(allOf)];

/** The arithmetic of a line as an indented calculation: each step a sentence and its result, below it what it took. */
export const Calculation = ({ document, line }: { document: ErpDocument; line: DocumentLine }) => {
  const { currency } = document;
  const locale = useLocale();
  const root = useMemo(() => stepOf(line.rated.arithmetic, '1'), [line]);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const expanded = allOf(root).filter(({ id, children }) => children.length > 0 && !closed.has(id));
  const before = subtract(line.rated.amount, line.amount);

  const columns: TableProps.ColumnDefinition<Step>[] = [
    {
      id: 'text',
      header: 'Calculation',
      isRowHeader: true,
      minWidth: 420,
      cell: ({ node }) => <span className="calculation">{node.text}</span>,
    },
    {
      id: 'result',
      header: <div className="right">Result</div>,
      width: 200,
      cell: ({ node }) => (
        <div className="right">
          {node.unit === currency ? (
            <Amount amount={node.result} currency={currency} />
          ) : (
            <Quantity quantity={node.result} unit={node.unit} />
          )}
        </div>
      ),
    },
    { id: 'unit', header: 'Unit', width: 120, cell: ({ node }) => node.unit },
  ];

  return (
    <SpaceBetween size="s">
      {isZero(before) ? null : (
        <Box>
          This line bills the difference: <Money amount={line.rated.amount} currency={currency} /> as known now, less{' '}
          <Money amount={before} currency={currency} /> billed before, is{' '}
          <Money amount={line.amount} currency={currency} />.
        </Box>
      )}
      <Table
        variant="embedded"
        wrapLines
        items={[root]}
        trackBy="id"
        columnDefinitions={columns}
        ariaLabels={{
          tableLabel: `Calculation of ${formatQuantity(line.quantity, locale)} ${line.unit}`,
          expandButtonLabel: ({ node }) => `Show what it took: ${node.text}`,
          collapseButtonLabel: ({ node }) => `Hide what it took: ${node.text}`,
        }}
        expandableRows={{
          getItemChildren: ({ children }) => [...children],
          isItemExpandable: ({ children }) => children.length > 0,
          expandedItems: expanded,
          onExpandableItemToggle: ({ detail }) =>
            setClosed((before) => {
              const after = new Set(before);
              if (detail.expanded) after.delete(detail.item.id);
              else after.add(detail.item.id);
              return after;
            }),
        }}
      />
    </SpaceBetween>
  );
};
