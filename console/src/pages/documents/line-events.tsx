import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { DocumentLine } from '../../../../lambdas/close/types.ts';
import { useLineEvents } from '../../api/queries.ts';
import type { LineEvent } from '../../api/types.ts';
import type { Column } from '../../parts/columns.tsx';
import { SmallTable } from '../../parts/small-table.tsx';
import { Instant } from '../../parts/times.tsx';
import { dataText, shortType } from './words.ts';

const columnsFor = (zone: string): readonly Column<LineEvent>[] => [
  {
    id: 'time',
    header: 'Time',
    minWidth: 200,
    cell: ({ event }) => <Instant at={event.time} zone={zone} />,
    compare: (a, b) => a.event.time.localeCompare(b.event.time),
    csv: ({ event }) => event.time,
  },
  {
    id: 'type',
    header: 'Type',
    cell: ({ event }) => <span title={event.type}>{shortType(event.type)}</span>,
    csv: ({ event }) => event.type,
  },
  {
    id: 'data',
    header: 'What it says',
    minWidth: 240,
    cell: ({ event }) => dataText(event.data),
    csv: ({ event }) => dataText(event.data),
  },
  {
    id: 'received',
    header: 'Received',
    cell: ({ receivedAt }) => (receivedAt ? <Instant at={receivedAt} zone={zone} /> : '–'),
    csv: ({ receivedAt }) => receivedAt,
  },
  { id: 'subject', header: 'Subject', cell: ({ event }) => event.subject, csv: ({ event }) => event.subject },
  { id: 'id', header: 'Event id', cell: ({ event }) => <code>{event.id}</code>, csv: ({ event }) => event.id },
];

/** The very events that a line was computed from, page by page, in the account's zone. */
export const LineEvents = ({ line, zone }: { line: DocumentLine; zone: string }) => {
  const [marks, setMarks] = useState<readonly (string | undefined)[]>([undefined]);
  const [page, setPage] = useState(1);
  const { data, error, refetch } = useLineEvents(line.lineId, marks[page - 1]);

  const turn = (to: number) => {
    if (to > marks.length && data?.next !== undefined) setMarks([...marks, data.next]);
    setPage(to);
  };

  return (
    <SpaceBetween size="s">
      <SmallTable
        title="Events"
        description={`Times in ${zone}. Each event is counted once; they were read back from the archive.`}
        columns={columnsFor(zone)}
        items={data?.items}
        error={error}
        retry={() => refetch()}
        trackBy={({ event }) => `${event.source} ${event.id}`}
        empty="This line is not made from events: it is a fee, a commitment or a proration."
        csvName={`${line.lineId}-events-${page}`}
        variant="embedded"
        pageSize={1_000}
        {...(marks.length > 1 || data?.next !== undefined
          ? {
              footer: (
                <Pagination
                  currentPageIndex={page}
                  pagesCount={data?.next === undefined ? marks.length : Math.max(marks.length, page + 1)}
                  openEnd={data?.next !== undefined}
                  onChange={({ detail }) => turn(detail.currentPageIndex)}
                  ariaLabels={{ paginationLabel: 'Pages of events' }}
                />
              ),
            }
          : {})}
      />
    </SpaceBetween>
  );
};
