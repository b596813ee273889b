import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import { useNavigate } from 'react-router';
import type { BookVersion, PublicationSummary } from '../../../../lambdas/catalog/types.ts';
import { usePriceBooks, usePublications } from '../../api/price-books.ts';
import { plural } from '../../format/amount.ts';
import { urgency } from '../../format/state.ts';
import { Page } from '../../frame/page.tsx';
import { useLocale } from '../../frame/preferences.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Link } from '../../parts/link.tsx';
import { State } from '../../parts/state.tsx';
import { HoldsAt } from './holds-at.tsx';
import { labelOfBook, nameOfVersion, pathOfBook, titleOfVersion, wordOfBook } from './words.ts';

const idOf = (book: BookVersion): string => `${book.id}#${nameOfVersion(book)}`;
const compareText = (a: string | undefined, b: string | undefined): number => (a ?? '').localeCompare(b ?? '');
const rank = (book: BookVersion): number =>
  // What holds comes before what did.
  urgency(wordOfBook(book)) * 2 + (book.state === 'superseded' ? 1 : 0);

const COLUMNS: readonly Column<BookVersion>[] = [
  {
    id: 'book',
    header: 'Price book',
    width: 215,
    cell: (book) => (
      <Link to={pathOfBook(book)} label={`${book.name}, ${titleOfVersion(book)}`}>
        {book.name}
      </Link>
    ),
    compare: (a, b) => compareText(a.name, b.name) || b.version - a.version,
    csv: ({ name }) => name,
  },
  {
    id: 'id',
    header: 'Id',
    width: 110,
    cell: ({ id }) => <code>{id}</code>,
    compare: (a, b) => compareText(a.id, b.id),
    csv: ({ id }) => id,
  },
  {
    id: 'version',
    header: 'Version',
    width: 120,
    numeric: true,
    cell: ({ version }) => version,
    compare: (a, b) => a.version - b.version,
    csv: ({ version }) => version,
  },
  {
    id: 'state',
    header: 'State',
    width: 205,
    cell: (book) => <State word={wordOfBook(book)} label={labelOfBook(book)} />,
    compare: (a, b) => rank(a) - rank(b) || compareText(a.id, b.id) || b.version - a.version,
    csv: labelOfBook,
  },
  {
    id: 'from',
    header: 'Holds from',
    width: 160,
    cell: ({ effectiveFrom }) => <HoldsAt at={effectiveFrom} />,
    compare: (a, b) => compareText(a.effectiveFrom, b.effectiveFrom),
    csv: ({ effectiveFrom }) => effectiveFrom,
  },
  {
    id: 'until',
    header: 'Until',
    width: 160,
    cell: ({ effectiveUntil }) => (effectiveUntil === undefined ? '–' : <HoldsAt at={effectiveUntil} />),
    compare: (a, b) => compareText(a.effectiveUntil, b.effectiveUntil),
    csv: ({ effectiveUntil }) => effectiveUntil,
  },
  {
    id: 'proposed',
    header: 'Proposed by',
    width: 150,
    cell: ({ proposedBy }) => proposedBy,
    compare: (a, b) => compareText(a.proposedBy, b.proposedBy),
    csv: ({ proposedBy }) => proposedBy,
  },
  {
    id: 'published',
    header: 'Published by',
    width: 155,
    cell: ({ publishedBy }) => publishedBy ?? '–',
    compare: (a, b) => compareText(a.publishedBy, b.publishedBy),
    csv: ({ publishedBy }) => publishedBy,
  },
  {
    id: 'currency',
    header: 'Currency',
    width: 120,
    cell: ({ currency }) => currency,
    compare: (a, b) => compareText(a.currency, b.currency),
    csv: ({ currency }) => currency,
  },
  {
    id: 'prices',
    header: 'Prices',
    width: 105,
    numeric: true,
    cell: ({ prices }) => prices,
    compare: (a, b) => a.prices - b.prices,
    csv: ({ prices }) => prices,
  },
];

const FILTERS = [
  { key: 'name', label: 'Name', value: ({ name }: BookVersion) => name },
  { key: 'id', label: 'Id', value: ({ id }: BookVersion) => id },
  { key: 'state', label: 'State', value: labelOfBook },
  { key: 'currency', label: 'Currency', value: ({ currency }: BookVersion) => currency },
];

/** Says that publications wait, whatever they change. */
const Waiting = ({ publications }: { publications: readonly PublicationSummary[] | undefined }) => {
  const locale = useLocale();
  const waiting = (publications ?? []).filter(({ status, overtaken }) => status === 'proposed' && !overtaken);
  if (waiting.length === 0) return null;
  return (
    <Alert
      type="warning"
      header={`${plural(waiting.length, 'publication', locale)} wait${waiting.length === 1 ? 's' : ''} for a second person`}
    >
      What is submitted holds for nobody yet. See what it changes and what the checks doubted in the{' '}
      <Link to="/publications">publications</Link>.
    </Alert>
  );
};

/** Which prices hold, which are to come, and which wait for someone? */
const PriceBooksPage = () => {
  const navigate = useNavigate();
  const { data, error, refetch } = usePriceBooks();
  const publications = usePublications().data;
  return (
    <Page title="Price books" isTable>
      <DataTable
        title="Price books"
        noun="version"
        plural="price books"
        description="Every version: a published one is never edited, the next one supersedes it"
        columns={COLUMNS}
        items={data}
        error={error}
        retry={() => refetch()}
        idOf={idOf}
        labelOf={(book) => `${book.name}, ${titleOfVersion(book)}`}
        open={(book) => navigate(pathOfBook(book))}
        filters={FILTERS}
        search="text"
        initialSort={{ id: 'state', descending: false }}
        scope={<Waiting publications={publications} />}
        empty={
          <Box textAlign="center" color="inherit">
            <b>No price book yet</b>
            <Box variant="p" color="inherit">
              Price books are files that one person submits and another publishes:{' '}
              <code>npm run ops -- price-book submit</code>
            </Box>
          </Box>
        }
      />
    </Page>
  );
};

export default PriceBooksPage;
