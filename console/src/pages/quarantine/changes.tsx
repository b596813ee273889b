import Table from '@cloudscape-design/components/table';
import type { JsonChange } from '../../api/quarantine.ts';
import { type Column, definitionsOf } from '../../parts/columns.tsx';

const COLUMNS: readonly Column<JsonChange>[] = [
  { id: 'path', header: 'Place', cell: ({ path }) => <code>{path || 'the whole line'}</code> },
  {
    id: 'before',
    header: 'Before',
    cell: ({ before }) => (before === undefined ? 'not there' : <code>{before}</code>),
  },
  { id: 'after', header: 'After', cell: ({ after }) => (after === undefined ? 'left out' : <code>{after}</code>) },
];

/** What was changed in a line, place by place. */
export const Changes = ({ changes }: { changes: readonly JsonChange[] }) => (
  <Table
    variant="embedded"
    wrapLines
    items={[...changes]}
    trackBy="path"
    columnDefinitions={definitionsOf(COLUMNS)}
    ariaLabels={{ tableLabel: 'What was changed in the line' }}
  />
);
