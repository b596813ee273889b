import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Manifest } from '../../../../lambdas/close/types.ts';
import type { Names } from '../../api/queries.ts';
import type { CloseAnswer } from '../../api/types.ts';
import { formatCount, plural } from '../../format/amount.ts';
import { urgency, wordOfManifest } from '../../format/state.ts';
import { useLocale } from '../../frame/preferences.tsx';
import { Id } from '../../parts/id.tsx';
import { Link } from '../../parts/link.tsx';
import { Money } from '../../parts/numbers.tsx';
import { RoleButton } from '../../parts/role-button.tsx';
import { State } from '../../parts/state.tsx';
import { Ago } from '../../parts/times.tsx';
import { useSession } from '../../session/session.tsx';
import { summariesOf } from './manifest-summary.ts';

const Decision = lazy(() => import('./decision.tsx').then((module) => ({ default: module.Decision })));

type Asked = { readonly manifest: Manifest; readonly decision: 'approve' | 'return' };

/** What one approval decides, per entity: totals, documents, who made it, and the decision. */
export const Manifests = ({ answer, names }: { answer: CloseAnswer; names: Names }) => {
  const { close, manifests } = answer;
  const locale = useLocale();
  const [asked, setAsked] = useState<Asked>();
  const items = useMemo(
    () => manifests.toSorted((a, b) => urgency(wordOfManifest(a.status)) - urgency(wordOfManifest(b.status))),
    [manifests],
  );

  const columns: TableProps.ColumnDefinition<Manifest>[] = [
    {
      id: 'entity',
      header: 'Entity',
      isRowHeader: true,
      cell: (manifest) => (
        <>
          <div className="nowrap">{names.entity(manifest.entity)}</div>
          <Box fontSize="body-s" color="text-body-secondary">
            <Id id={manifest.hash} short={10} />
          </Box>
        </>
      ),
    },
    {
      id: 'state',
      header: 'State',
      cell: ({ status }) => <State word={wordOfManifest(status)} label={status} />,
    },
    {
      id: 'documents',
      header: 'Documents',
      cell: (manifest) => (
        <>
          <Link
            to={`/documents?closeId=${encodeURIComponent(close.closeId)}&filter=${encodeURIComponent(`entity=${manifest.entity}`)}`}
          >
            {plural(manifest.documents.length, 'document', locale)}
          </Link>
          <Memos manifest={manifest} />
        </>
      ),
    },
    {
      id: 'totals',
      header: <div className="right">Net total</div>,
      cell: (manifest) => (
        <div className="right">
          {summariesOf(manifest).map(({ currency, net }) => (
            <div key={currency}>
              <Money amount={net} currency={currency} />
            </div>
          ))}
        </div>
      ),
    },
    { id: 'makers', header: 'Made by', cell: ({ makers }) => makers.join(', ') || 'schedule' },
    {
      id: 'decision',
      header: 'Decision',
      minWidth: 210,
      cell: (manifest) => <Decided manifest={manifest} ask={(decision) => setAsked({ manifest, decision })} />,
    },
  ];

  return (
    <>
      <Table
        items={items}
        trackBy="manifestId"
        columnDefinitions={columns}
        wrapLines
        ariaLabels={{ tableLabel: 'Manifests' }}
        header={
          <Header
            variant="h2"
            counter={`(${formatCount(manifests.length, locale)})`}
            description="One approval decides one manifest: the documents of one entity, frozen"
          >
            Manifests
          </Header>
        }
        empty={
          <Box textAlign="center" color="inherit">
            No manifest yet. They are frozen when every account is rated and judged.
          </Box>
        }
      />
      {asked ? (
        <Suspense fallback={null}>
          <Decision {...asked} close={close} names={names} done={() => setAsked(undefined)} />
        </Suspense>
      ) : null}
    </>
  );
};

const Memos = ({ manifest }: { manifest: Manifest }) => {
  const locale = useLocale();
  const memos = manifest.documents.filter(({ kind }) => kind !== 'invoice').length;
  if (memos === 0) return null;
  return (
    <Box fontSize="body-s" color="text-body-secondary">
      {plural(memos, 'correction', locale)} among them
    </Box>
  );
};

const Decided = ({ manifest, ask }: { manifest: Manifest; ask: (decision: 'approve' | 'return') => void }) => {
  const { person } = useSession();
  if (manifest.decision) {
    const { decision, by, at, reason } = manifest.decision;
    return (
      <>
        <div>
          {decision === 'approve' ? 'Approved' : 'Returned'} by {by}, <Ago at={at} />
        </div>
        {reason ? <div>“{reason}”</div> : null}
      </>
    );
  }
  if (manifest.status !== 'awaiting approval') return <>–</>;
  const own = manifest.makers.includes(person.name)
    ? 'You changed an input of this manifest, so someone else must decide it.'
    : undefined;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <RoleButton variant="primary" roles={['finance-approver']} refusal={own} onClick={() => ask('approve')}>
        Approve
      </RoleButton>
      <RoleButton roles={['finance-approver']} refusal={own} onClick={() => ask('return')}>
        Return
      </RoleButton>
    </SpaceBetween>
  );
};
