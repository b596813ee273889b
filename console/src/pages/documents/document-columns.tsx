import type { Names } from '../../api/queries.ts';
import type { DocumentRow } from '../../api/types.ts';
import { compare } from '../../format/decimal.ts';
import { urgency } from '../../format/state.ts';
import { formatPeriod } from '../../format/time.ts';
import type { Column } from '../../parts/columns.tsx';
import { Link } from '../../parts/link.tsx';
import { Amount } from '../../parts/numbers.tsx';
import { State } from '../../parts/state.tsx';
import { KIND_NAMES } from '../close/manifest-summary.ts';
import { labelOf, wordOf } from './words.ts';

export const pathOf = ({ document }: DocumentRow): string => `/documents/${encodeURIComponent(document.documentId)}`;

/** The columns of the list of documents. */
export const documentColumns = (names: Names, locale: string): readonly Column<DocumentRow>[] => [
  {
    id: 'account',
    header: 'Account',
    width: 320,
    cell: (row) => (
      <span title={row.document.accountName}>
        <Link to={pathOf(row)}>{row.document.accountName}</Link>
      </span>
    ),
    compare: (a, b) => a.document.accountName.localeCompare(b.document.accountName),
    csv: ({ document }) => document.accountName,
  },
  {
    id: 'state',
    header: 'State',
    width: 130,
    cell: (row) => <State word={wordOf(row)} label={labelOf(row)} />,
    compare: (a, b) =>
      urgency(wordOf(a)) - urgency(wordOf(b)) || a.document.accountName.localeCompare(b.document.accountName),
    csv: labelOf,
  },
  {
    id: 'erp',
    header: 'ERP id',
    width: 90,
    cell: ({ delivery }) => (delivery?.vendorId ? <code>{delivery.vendorId}</code> : '–'),
    csv: ({ delivery }) => delivery?.vendorId,
  },
  {
    id: 'kind',
    header: 'Kind',
    width: 125,
    cell: ({ document }) => KIND_NAMES[document.kind],
    compare: (a, b) => a.document.kind.localeCompare(b.document.kind),
    csv: ({ document }) => KIND_NAMES[document.kind],
  },
  {
    id: 'period',
    header: 'Period',
    width: 160,
    cell: ({ document }) => (
      <span title={`in ${document.period.zone}`}>
        {formatPeriod(document.period.start, document.period.end, locale)}
      </span>
    ),
    compare: (a, b) => a.document.period.start.localeCompare(b.document.period.start),
    csv: ({ document }) => `${document.period.start}/${document.period.end}`,
  },
  {
    id: 'currency',
    header: 'Currency',
    width: 125,
    cell: ({ document }) => document.currency,
    compare: (a, b) => a.document.currency.localeCompare(b.document.currency),
    csv: ({ document }) => document.currency,
  },
  {
    id: 'total',
    header: 'Total',
    numeric: true,
    width: 165,
    cell: ({ document }) => <Amount amount={document.total} currency={document.currency} />,
    compare: (a, b) => compare(a.document.total, b.document.total),
    csv: ({ document }) => document.total,
  },
  {
    id: 'entity',
    header: 'Entity',
    width: 150,
    cell: ({ document }) => names.entity(document.entity),
    compare: (a, b) => a.document.entity.localeCompare(b.document.entity),
    csv: ({ document }) => names.entity(document.entity),
  },
  {
    id: 'attempts',
    header: 'Attempts',
    numeric: true,
    width: 120,
    cell: ({ delivery }) => delivery?.attempts ?? 0,
    compare: (a, b) => (a.delivery?.attempts ?? 0) - (b.delivery?.attempts ?? 0),
    csv: ({ delivery }) => delivery?.attempts ?? 0,
  },
  {
    id: 'document',
    header: 'Document id',
    width: 300,
    cell: (row) => <code>{row.document.documentId}</code>,
    compare: (a, b) => a.document.documentId.localeCompare(b.document.documentId),
    csv: ({ document }) => document.documentId,
  },
];

/** What one can filter documents by. */
export const documentFilters = (locale: string) => [
  { key: 'state', label: 'State', value: (row: DocumentRow) => labelOf(row) },
  { key: 'account', label: 'Account', value: ({ document }: DocumentRow) => document.accountName },
  { key: 'kind', label: 'Kind', value: ({ document }: DocumentRow) => KIND_NAMES[document.kind] },
  { key: 'entity', label: 'Entity', value: ({ document }: DocumentRow) => document.entity },
  { key: 'currency', label: 'Currency', value: ({ document }: DocumentRow) => document.currency },
  {
    key: 'period',
    label: 'Period',
    value: ({ document }: DocumentRow) => formatPeriod(document.period.start, document.period.end, locale),
  },
  { key: 'erp', label: 'ERP id', value: ({ delivery }: DocumentRow) => delivery?.vendorId ?? '' },
  { key: 'document', label: 'Document id', value: ({ document }: DocumentRow) => document.documentId },
];
