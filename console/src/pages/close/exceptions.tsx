import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { CloseException } from '../../../../lambdas/close/types.ts';
import type { Names } from '../../api/queries.ts';
import type { CloseAnswer } from '../../api/types.ts';
import { formatCount } from '../../format/amount.ts';
import { useLocale } from '../../frame/preferences.tsx';
import { Money } from '../../parts/numbers.tsx';
import { RoleButton } from '../../parts/role-button.tsx';
import { State } from '../../parts/state.tsx';
import { Ago } from '../../parts/times.tsx';
import { aboutOf, EXCEPTION_NAMES } from './words.ts';

const Resolve = lazy(() => import('./resolve.tsx').then((module) => ({ default: module.Resolve })));

/** What a person must decide before money moves; absent when there is nothing. */
export const Exceptions = ({ answer, names }: { answer: CloseAnswer; names: Names }) => {
  const locale = useLocale();
  const [chosen, setChosen] = useState<CloseException>();
  const open = useMemo(
    () =>
      answer.exceptions
        .filter(({ state }) => state === 'open')
        .toSorted(
          (a, b) => Number(Boolean(b.account)) - Number(Boolean(a.account)) || a.raisedAt.localeCompare(b.raisedAt),
        ),
    [answer.exceptions],
  );
  if (open.length === 0 && chosen === undefined) return null;

  const columns: TableProps.ColumnDefinition<CloseException>[] = [
    {
      id: 'kind',
      header: 'What',
      isRowHeader: true,
      cell: ({ kind, account }) => (
        <>
          <div className="nowrap">{EXCEPTION_NAMES[kind]}</div>
          {account ? <State word="held" label="account held" /> : null}
        </>
      ),
    },
    { id: 'about', header: 'About', minWidth: 160, cell: (exception) => aboutOf(exception, names) },
    { id: 'message', header: 'What happened, and what to do', minWidth: 320, cell: ({ message }) => message },
    {
      id: 'stake',
      header: <div className="right">At stake</div>,
      cell: ({ amountAtStake }) => (
        <div className="right">
          {amountAtStake ? (
            <Money amount={amountAtStake.amount} currency={amountAtStake.currency} />
          ) : (
            <span className="nowrap">not known</span>
          )}
        </div>
      ),
    },
    { id: 'since', header: 'Since', cell: ({ raisedAt }) => <Ago at={raisedAt} /> },
    {
      id: 'action',
      header: 'Decision',
      cell: (exception) => (
        <RoleButton roles={['finance-preparer', 'operator']} onClick={() => setChosen(exception)}>
          Decide
        </RoleButton>
      ),
    },
  ];

  return (
    <>
      <Table
        items={open}
        trackBy="exceptionId"
        columnDefinitions={columns}
        wrapLines
        ariaLabels={{ tableLabel: 'Exceptions to decide' }}
        header={
          <Header
            variant="h2"
            counter={`(${formatCount(open.length, locale)})`}
            description="Each needs a person before its money moves; whoever decides becomes a maker"
          >
            Exceptions to decide
          </Header>
        }
        empty={
          <Box textAlign="center" color="inherit">
            Nothing needs a person.
          </Box>
        }
      />
      {chosen ? (
        <Suspense fallback={null}>
          <Resolve exception={chosen} closeId={answer.close.closeId} names={names} done={() => setChosen(undefined)} />
        </Suspense>
      ) : null}
    </>
  );
};
