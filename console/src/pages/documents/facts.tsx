import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import type { DeliveryStatus } from '../../../../lambdas/delivery/types.ts';
import type { Names } from '../../api/queries.ts';
import type { SlimDocument } from '../../api/types.ts';
import { formatDate, formatPeriod } from '../../format/time.ts';
import { useLocale } from '../../frame/preferences.tsx';
import { Id } from '../../parts/id.tsx';
import { Link } from '../../parts/link.tsx';
import { Money } from '../../parts/numbers.tsx';
import { State } from '../../parts/state.tsx';
import { labelOf, wordOf } from './words.ts';

type Props = {
  readonly document: Omit<SlimDocument, 'lines'>;
  readonly delivery: DeliveryStatus | undefined;
  readonly names: Names;
  /** Memos that correct this document, where that was looked up. */
  readonly correctedBy?: readonly string[];
};

const DocumentLink = ({ id }: { id: string }) => (
  <Id id={id}>
    <Link to={`/documents/${encodeURIComponent(id)}`}>{id}</Link>
  </Id>
);

/** What a document is, at a glance. */
export const Facts = ({ document, delivery, names, correctedBy = [] }: Props) => {
  const locale = useLocale();
  const { period } = document;
  const status = delivery ? { delivery } : {};
  const items: KeyValuePairsProps.Item[] = [
    { label: 'State', value: <State word={wordOf(status)} label={labelOf(status)} /> },
    { label: 'Total', value: <Money amount={document.total} currency={document.currency} /> },
    { label: 'ERP id', value: delivery?.vendorId ? <Id id={delivery.vendorId} /> : 'none yet' },
    { label: 'Attempts', value: delivery?.attempts ?? 0 },
    {
      label: 'Period',
      value: (
        <>
          {formatPeriod(period.start, period.end, locale)} <span className="nowrap">({period.zone})</span>
        </>
      ),
    },
    { label: 'Document date', value: formatDate(document.documentDate, locale) },
    { label: 'Entity', value: `${names.entity(document.entity)} (subsidiary ${document.subsidiaryId})` },
    { label: 'Customer in the ERP', value: <Id id={document.customerId} /> },
    { label: 'Document id', value: <Id id={document.documentId} /> },
    {
      label: 'Close',
      value: <Link to={`/closes/${encodeURIComponent(document.closeId)}`}>{document.closeId}</Link>,
    },
    ...(document.payments ?? []).map(({ description, amount, appliedBy, deposit }) => ({
      label: `Prepaid credit: ${description}`,
      value: (
        <>
          <Money amount={amount} currency={document.currency} />{' '}
          {appliedBy === 'deposit' ? `of deposit ${deposit}, once it is posted` : 'by hand in the ERP'}
        </>
      ),
    })),
    ...(document.corrects ? [{ label: 'Corrects', value: <DocumentLink id={document.corrects} /> }] : []),
    ...(correctedBy.length > 0
      ? [{ label: 'Corrected by', value: correctedBy.map((id) => <DocumentLink key={id} id={id} />) }]
      : []),
  ];
  return <KeyValuePairs columns={4} items={items} />;
};
