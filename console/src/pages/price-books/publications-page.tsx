import Box from '@cloudscape-design/components/box';
import { useNavigate } from 'react-router';
import type { PublicationSummary } from '../../../../lambdas/catalog/types.ts';
import { usePublications } from '../../api/price-books.ts';
import { urgency } from '../../format/state.ts';
import { Page } from '../../frame/page.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Link } from '../../parts/link.tsx';
import { State } from '../../parts/state.tsx';
import { Ago } from '../../parts/times.tsx';
import { changesInShort, pathOfPublication, stateOfPublication, wordOfPublication } from './words.ts';

const idOf = ({ publicationId }: PublicationSummary): string => publicationId;
const labelOf = (publication: PublicationSummary): string => stateOfPublication(publication, publication.overtaken);

const COLUMNS: readonly Column<PublicationSummary>[] = [
  {
    id: 'id',
    header: 'Publication',
    width: 215,
    cell: ({ publicationId }) => <Link to={pathOfPublication(publicationId)}>{publicationId}</Link>,
    compare: (a, b) => a.publicationId.localeCompare(b.publicationId),
    csv: ({ publicationId }) => publicationId,
  },
  {
    id: 'state',
    header: 'State',
    width: 140,
    cell: (publication) => <State word={wordOfPublication(publication)} label={labelOf(publication)} />,
    compare: (a, b) =>
      urgency(wordOfPublication(a)) - urgency(wordOfPublication(b)) || b.proposedAt.localeCompare(a.proposedAt),
    csv: labelOf,
  },
  {
    id: 'changes',
    header: 'What it changes',
    width: 300,
    cell: (publication) => changesInShort(publication),
    csv: changesInShort,
  },
  {
    id: 'count',
    header: 'Changes',
    width: 120,
    numeric: true,
    cell: ({ changes }) => changes.length,
    compare: (a, b) => a.changes.length - b.changes.length,
    csv: ({ changes }) => changes.length,
  },
  {
    id: 'warnings',
    header: 'Warnings',
    width: 130,
    numeric: true,
    cell: ({ warnings }) => warnings.length,
    compare: (a, b) => a.warnings.length - b.warnings.length,
    csv: ({ warnings }) => warnings.length,
  },
  {
    id: 'proposed',
    header: 'Proposed by',
    width: 150,
    cell: ({ proposedBy }) => proposedBy,
    compare: (a, b) => a.proposedBy.localeCompare(b.proposedBy),
    csv: ({ proposedBy }) => proposedBy,
  },
  {
    id: 'at',
    header: 'Proposed',
    width: 150,
    cell: ({ proposedAt }) => <Ago at={proposedAt} />,
    compare: (a, b) => a.proposedAt.localeCompare(b.proposedAt),
    csv: ({ proposedAt }) => proposedAt,
  },
  {
    id: 'published',
    header: 'Published by',
    width: 150,
    cell: ({ publishedBy }) => publishedBy ?? '–',
    compare: (a, b) => (a.publishedBy ?? '').localeCompare(b.publishedBy ?? ''),
    csv: ({ publishedBy }) => publishedBy,
  },
];

const FILTERS = [
  { key: 'id', label: 'Publication', value: idOf },
  { key: 'state', label: 'State', value: labelOf },
  { key: 'entry', label: 'Entry', value: ({ changes }: PublicationSummary) => changes.map(({ id }) => id).join(' ') },
  { key: 'by', label: 'Proposed by', value: ({ proposedBy }: PublicationSummary) => proposedBy },
];

/** What of the catalog waits for a second person, and what was published by whom? */
const PublicationsPage = () => {
  const navigate = useNavigate();
  const { data, error, refetch } = usePublications();
  return (
    <Page title="Publications" isTable>
      <DataTable
        title="Publications"
        noun="publication"
        plural="publications"
        description="Prices, contracts, meters and whatever else is data: one person proposes, another publishes"
        columns={COLUMNS}
        items={data}
        error={error}
        retry={() => refetch()}
        idOf={idOf}
        labelOf={idOf}
        open={({ publicationId }) => navigate(pathOfPublication(publicationId))}
        filters={FILTERS}
        search="text"
        initialSort={{ id: 'state', descending: false }}
        empty={
          <Box textAlign="center" color="inherit">
            <b>No publication yet</b>
            <Box variant="p" color="inherit">
              What is proposed to be published appears here, with what the checks doubt.
            </Box>
          </Box>
        }
      />
    </Page>
  );
};

export default PublicationsPage;
