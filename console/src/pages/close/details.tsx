import Box from '@cloudscape-design/components/box';
import Tabs from '@cloudscape-design/components/tabs';
import { useSearchParams } from 'react-router';
import type { CloseException, CloseRecord } from '../../../../lambdas/close/types.ts';
import { type Names, useCloseAccounts, useReconciliation } from '../../api/queries.ts';
import type { AccountProgress, Reconciliation } from '../../api/types.ts';
import { compare, subtract } from '../../format/decimal.ts';
import type { StateWord } from '../../format/state.ts';
import { urgency } from '../../format/state.ts';
import type { Column } from '../../parts/columns.tsx';
import { Link } from '../../parts/link.tsx';
import { Amount, Money } from '../../parts/numbers.tsx';
import { SmallTable } from '../../parts/small-table.tsx';
import { State } from '../../parts/state.tsx';
import { Ago } from '../../parts/times.tsx';
import { decisionLabel } from './decisions.ts';

import { aboutOf, EXCEPTION_NAMES } from './words.ts';

type Props = { readonly close: CloseRecord; readonly exceptions: readonly CloseException[]; readonly names: Names };

/** The drill-down of a close: accounts, the reconciliation with the ERP, and what was decided. */
export const Details = ({ close, exceptions, names }: Props) => {
  const [parameters, setParameters] = useSearchParams();
  const decided = exceptions.filter(({ state }) => state === 'resolved');
  return (
    <Tabs
      activeTabId={parameters.get('tab') ?? 'accounts'}
      onChange={({ detail }) =>
        setParameters(
          (before) => {
            const after = new URLSearchParams(before);
            after.set('tab', detail.activeTabId);
            return after;
          },
          { replace: true },
        )
      }
      ariaLabel="Details of the close"
      tabs={[
        { id: 'accounts', label: 'Accounts', content: <Accounts close={close} exceptions={exceptions} /> },
        { id: 'reconciliation', label: 'Reconciliation', content: <Reconciled close={close} names={names} /> },
        {
          id: 'decided',
          label: `Decided exceptions (${decided.length})`,
          content: <Decided close={close} decided={decided} names={names} />,
        },
      ]}
    />
  );
};

/** An account that an open exception keeps back is held, whatever its rating says. */
const wordOf = ({ account, state }: AccountProgress, exceptions: readonly CloseException[]): StateWord => {
  if (exceptions.some((exception) => exception.state === 'open' && exception.account === account)) return 'held';
  return state === 'open' ? 'open' : state === 'rated' ? 'done' : 'needs you';
};

const ACCOUNT_LABELS: Readonly<Partial<Record<StateWord, string>>> = { done: 'rated', 'needs you': 'excepted' };

const Accounts = ({ close, exceptions }: { close: CloseRecord; exceptions: readonly CloseException[] }) => {
  const { data, error, refetch } = useCloseAccounts(close);
  const columns: readonly Column<AccountProgress>[] = [
    {
      id: 'account',
      header: 'Account',
      cell: ({ accountName, account }) => accountName || account,
      compare: (a, b) => a.accountName.localeCompare(b.accountName),
      csv: ({ accountName, account }) => accountName || account,
    },
    { id: 'id', header: 'Id', cell: ({ account }) => <code>{account}</code>, csv: ({ account }) => account },
    {
      id: 'state',
      header: 'State',
      cell: (item) => {
        const word = wordOf(item, exceptions);
        return <State word={word} label={ACCOUNT_LABELS[word] ?? word} />;
      },
      compare: (a, b) => urgency(wordOf(a, exceptions)) - urgency(wordOf(b, exceptions)),
      csv: (item) => wordOf(item, exceptions),
    },
    {
      id: 'region',
      header: 'Sales region',
      cell: ({ salesRegion }) => salesRegion,
      compare: (a, b) => a.salesRegion.localeCompare(b.salesRegion),
      csv: ({ salesRegion }) => salesRegion,
    },
    {
      id: 'lines',
      header: 'Lines',
      numeric: true,
      cell: ({ rated }) => rated?.lines ?? '–',
      compare: (a, b) => (a.rated?.lines ?? -1) - (b.rated?.lines ?? -1),
      csv: ({ rated }) => rated?.lines,
    },
    {
      id: 'total',
      header: 'Rated',
      numeric: true,
      cell: ({ rated }) =>
        rated
          ? Object.entries(rated.totals).map(([currency, amount]) => (
              <div key={currency}>
                <Money amount={amount} currency={currency} />
              </div>
            ))
          : '–',
      csv: ({ rated }) =>
        Object.entries(rated?.totals ?? {})
          .map(([currency, amount]) => `${currency} ${amount}`)
          .join('; '),
    },
  ];
  const sorted = data?.toSorted(
    (a, b) => urgency(wordOf(a, exceptions)) - urgency(wordOf(b, exceptions)) || a.account.localeCompare(b.account),
  );
  return (
    <SmallTable
      title="Accounts"
      columns={columns}
      items={sorted}
      error={error}
      retry={() => refetch()}
      trackBy={({ account }) => account}
      empty="No account is in this close yet. They are listed when the chunks are prepared."
      csvName={`${close.closeId}-accounts`}
      variant="embedded"
    />
  );
};

type Row = Reconciliation['documents'][number];

const Reconciled = ({ close, names }: { close: CloseRecord; names: Names }) => {
  const { data, error, refetch, isPending } = useReconciliation(close);
  if (close.steps.reconcile.state === 'open' || data === null) {
    return <Box color="text-body-secondary">The books are compared after the posting.</Box>;
  }
  const difference = ({ ours, theirs }: Row) => (theirs === null ? undefined : subtract(theirs, ours));
  const columns: readonly Column<Row>[] = [
    {
      id: 'document',
      header: 'Document',
      cell: ({ documentId }) => <Link to={`/documents/${encodeURIComponent(documentId)}`}>{documentId}</Link>,
      csv: ({ documentId }) => documentId,
    },
    {
      id: 'account',
      header: 'Account',
      cell: ({ account }) => names.account(account),
      compare: (a, b) => a.account.localeCompare(b.account),
      csv: ({ account }) => account,
    },
    { id: 'currency', header: 'Currency', cell: ({ currency }) => currency, csv: ({ currency }) => currency },
    {
      id: 'ours',
      header: 'Here',
      numeric: true,
      cell: ({ ours, currency }) => <Amount amount={ours} currency={currency} />,
      compare: (a, b) => compare(a.ours, b.ours),
      csv: ({ ours }) => ours,
    },
    {
      id: 'theirs',
      header: 'In the ERP',
      numeric: true,
      cell: ({ theirs, currency }) => <Amount amount={theirs ?? undefined} currency={currency} />,
      csv: ({ theirs }) => theirs ?? '',
    },
    {
      id: 'difference',
      header: 'Difference',
      numeric: true,
      cell: (row) => <Amount amount={difference(row)} currency={row.currency} />,
      csv: (row) => difference(row) ?? '',
    },
    {
      id: 'state',
      header: 'State',
      cell: ({ equal, theirs }) => (
        <State
          word={equal ? 'done' : 'needs you'}
          label={equal ? 'agrees' : theirs === null ? 'missing there' : 'differs'}
        />
      ),
      compare: (a, b) => Number(a.equal) - Number(b.equal),
      csv: ({ equal }) => (equal ? 'agrees' : 'differs'),
    },
  ];
  return (
    <SmallTable
      title={data && data.breaks === 0 ? 'Here and the ERP agree' : 'Here and in the ERP'}
      description={data ? <BreaksLine reconciliation={data} /> : undefined}
      columns={columns}
      items={isPending ? undefined : (data?.documents.toSorted((a, b) => Number(a.equal) - Number(b.equal)) ?? [])}
      error={error}
      retry={() => refetch()}
      trackBy={({ documentId }) => documentId}
      empty="No document of this close was posted."
      csvName={`${close.closeId}-reconciliation`}
      variant="embedded"
    />
  );
};

const BreaksLine = ({ reconciliation }: { reconciliation: Reconciliation }) => (
  <>
    {reconciliation.breaks === 0 ? 'No breaks' : `${reconciliation.breaks} breaks`}, read back{' '}
    <Ago at={reconciliation.at} />
  </>
);

const Decided = ({
  close,
  decided,
  names,
}: {
  close: CloseRecord;
  decided: readonly CloseException[];
  names: Names;
}) => {
  const columns: readonly Column<CloseException>[] = [
    { id: 'kind', header: 'What', cell: ({ kind }) => EXCEPTION_NAMES[kind], csv: ({ kind }) => kind },
    {
      id: 'about',
      header: 'About',
      cell: (exception) => aboutOf(exception, names),
      csv: (exception) => aboutOf(exception, names),
    },
    {
      id: 'decision',
      header: 'Decision',
      cell: ({ resolution }) => (resolution ? decisionLabel(resolution.decision) : '–'),
      csv: ({ resolution }) => resolution?.decision,
    },
    {
      id: 'reason',
      header: 'Reason',
      cell: ({ resolution }) => resolution?.reason ?? '–',
      csv: ({ resolution }) => resolution?.reason,
    },
    {
      id: 'by',
      header: 'By',
      cell: ({ resolution }) => resolution?.by ?? '–',
      csv: ({ resolution }) => resolution?.by,
    },
    {
      id: 'at',
      header: 'When',
      cell: ({ resolution }) => (resolution ? <Ago at={resolution.at} /> : '–'),
      csv: ({ resolution }) => resolution?.at,
    },
  ];
  return (
    <SmallTable
      title="Decided exceptions"
      columns={columns}
      items={decided}
      trackBy={({ exceptionId }) => exceptionId}
      empty="No exception of these dates was decided."
      csvName={`${close.closeId}-decided-exceptions`}
      variant="embedded"
    />
  );
};
