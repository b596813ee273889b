import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Table from '@cloudscape-design/components/table';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { CloseRecord, Manifest } from '../../../../lambdas/close/types.ts';
import { type Names, useDecision } from '../../api/queries.ts';
import { explain } from '../../api/words.ts';
import { formatMoney, plural } from '../../format/amount.ts';
import { useFlashes } from '../../frame/flashes.tsx';
import { useLocale } from '../../frame/preferences.tsx';
import { type Column, definitionsOf } from '../../parts/columns.tsx';
import { Id } from '../../parts/id.tsx';
import { Amount, Money } from '../../parts/numbers.tsx';
import { Question } from '../../parts/question.tsx';
import { accountsOf, type CurrencySummary, largestOf, summariesOf } from './manifest-summary.ts';
import { closeTitle } from './words.ts';

type Props = {
  readonly close: CloseRecord;
  readonly manifest: Manifest;
  readonly decision: 'approve' | 'return';
  readonly names: Names;
  readonly done: () => void;
};

const COLUMNS: readonly Column<CurrencySummary>[] = [
  { id: 'currency', header: 'Currency', cell: ({ currency }) => currency },
  { id: 'invoices', header: 'Invoices', numeric: true, cell: ({ invoices }) => invoices },
  { id: 'memos', header: 'Memos', numeric: true, cell: ({ memos }) => memos },
  { id: 'net', header: 'Net total', numeric: true, cell: (row) => <Amount amount={row.net} currency={row.currency} /> },
  {
    id: 'gross',
    header: 'Gross, without signs',
    numeric: true,
    cell: (row) => <Amount amount={row.gross} currency={row.currency} />,
  },
];

/** Says exactly what approving or returning does, takes the reason, and tells afterwards what was done. */
export const Decision = ({ close, manifest, decision, names, done }: Props) => {
  const locale = useLocale();
  const { show } = useFlashes();
  const decide = useDecision(close.closeId, manifest.manifestId);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const isApproval = decision === 'approve';
  const documents = plural(manifest.documents.length, 'document', locale);
  const accounts = plural(accountsOf(manifest), 'account', locale);
  const entity = names.entity(manifest.entity);
  const missing = !isApproval && reason.trim() === '';
  const money = summariesOf(manifest)
    .map(({ currency, net }) => formatMoney(net, currency, locale))
    .join(', ');

  const submit = () => {
    setTried(true);
    if (missing) return;
    const text = reason.trim();
    decide.mutate(
      { decision, hash: manifest.hash, ...(text ? { reason: text } : {}) },
      {
        onSuccess: () =>
          show({
            type: 'success',
            header: isApproval ? `${entity}: approved ${documents}` : `${entity}: returned ${documents}`,
            text: isApproval
              ? `${money} for ${accounts} ${manifest.documents.length === 1 ? 'goes' : 'go'} to the ERP now; follow the step “Post”. The decision is in the audit log.`
              : 'Nothing is posted. The reason is in the audit log and stands with the manifest.',
          }),
        onError: (error) => {
          const { header, text: words } = explain(error, 'The decision was not recorded');
          show({ type: 'error', header, text: words });
        },
        onSettled: done,
      },
    );
  };

  return (
    <Question
      header={`${isApproval ? 'Approve' : 'Return'} the manifest of ${entity}`}
      action={isApproval ? `Approve and post ${documents}` : `Return ${documents}`}
      submit={submit}
      isPending={decide.isPending}
      done={done}
    >
      <div>
        {isApproval
          ? `Posts ${documents} for ${accounts} of ${entity} to the ERP, for ${closeTitle(close, locale)}. A posted document is not taken back; later changes become memos.`
          : `Sends ${documents} for ${accounts} of ${entity} back to the preparers. Nothing is posted; after mending, the close is started again and makes a new manifest.`}
      </div>
      <Table
        variant="embedded"
        items={summariesOf(manifest)}
        trackBy="currency"
        columnDefinitions={definitionsOf(COLUMNS)}
        ariaLabels={{ tableLabel: 'What is decided, by currency' }}
      />
      <Largest manifest={manifest} names={names} />
      <FormField
        label={isApproval ? 'Remark (optional)' : 'Reason'}
        description={isApproval ? 'Kept in the audit log.' : 'The preparers read it; it is kept in the audit log.'}
        errorText={tried && missing ? 'Say why it is returned.' : ''}
      >
        <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={2} />
      </FormField>
      <Box fontSize="body-s" color="text-body-secondary">
        Made by {manifest.makers.join(', ') || 'the schedule'}. You sign the hash <Id id={manifest.hash} short={16} />
      </Box>
    </Question>
  );
};

const Largest = ({ manifest, names }: { manifest: Manifest; names: Names }) => (
  <div>
    <Box variant="awsui-key-label">Largest document</Box>
    {summariesOf(manifest).map(({ currency }) => {
      const largest = largestOf(manifest, currency);
      return largest ? (
        <div key={currency}>
          {names.account(largest.account)}: <Money amount={largest.total} currency={currency} />
        </div>
      ) : null;
    })}
  </div>
);
