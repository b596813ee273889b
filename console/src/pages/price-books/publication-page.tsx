import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense, useState } from 'react';
import { useParams } from 'react-router';
import type { Publication, PublicationChange, PublicationWarning } from '../../../../lambdas/catalog/types.ts';
import { useBookDiff, usePublication, usePublications } from '../../api/price-books.ts';
import { Page } from '../../frame/page.tsx';
import type { Column } from '../../parts/columns.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Id } from '../../parts/id.tsx';
import { Link } from '../../parts/link.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { RoleButton } from '../../parts/role-button.tsx';
import { SmallTable } from '../../parts/small-table.tsx';
import { State } from '../../parts/state.tsx';
import { Ago } from '../../parts/times.tsx';
import { useSession } from '../../session/session.tsx';
import { Differences } from './differences.tsx';
import { HoldsAt } from './holds-at.tsx';
import { movesMoney, nameOfVersion, stateOfPublication, wordOfPublication } from './words.ts';

const Decide = lazy(() => import('./decide.tsx').then((module) => ({ default: module.Decide })));

/** May I publish this? */
const PublicationPage = () => {
  const { publicationId = '' } = useParams();
  const { data, error, refetch } = usePublication(publicationId);
  return (
    <Page title={publicationId} crumbs={[{ text: 'Publications', href: '/publications' }]}>
      {data === undefined ? (
        <SpaceBetween size="m">
          <Header variant="h1">{publicationId}</Header>
          {error ? (
            <Failure what="This publication" error={error} retry={() => refetch()} />
          ) : (
            <LoadingRows label="Reading the publication" />
          )}
        </SpaceBetween>
      ) : (
        <Shown publication={data} />
      )}
    </Page>
  );
};

/** Why this person cannot do the next step; the role is looked at by the button. */
const refusalOf = (publication: Publication, isOvertaken: boolean, name: string): string | undefined => {
  const isOwn = publication.proposedBy === name;
  if (publication.status === 'published') return 'It is published.';
  if (isOvertaken) return 'Another publication took a version that this one would make: propose it again.';
  if (publication.status === 'draft') return isOwn ? undefined : `It is a draft of ${publication.proposedBy}.`;
  return isOwn ? 'You proposed this, so someone else must publish it.' : undefined;
};

const Shown = ({ publication }: { publication: Publication }) => {
  const { person } = useSession();
  const [deciding, setDeciding] = useState<'submit' | 'publish'>();
  const isOvertaken =
    usePublications().data?.find(({ publicationId }) => publicationId === publication.publicationId)?.overtaken ??
    false;
  const { status, changes, warnings = [] } = publication;
  const isDraft = status === 'draft';
  const publishers = movesMoney(publication)
    ? (['finance-approver'] as const)
    : (['finance-approver', 'operator'] as const);
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <RoleButton
            variant="primary"
            roles={isDraft ? ['finance-preparer', 'operator'] : publishers}
            refusal={refusalOf(publication, isOvertaken, person.name)}
            onClick={() => setDeciding(isDraft ? 'submit' : 'publish')}
          >
            {isDraft ? 'Submit' : 'Publish'}
          </RoleButton>
        }
      >
        {publication.publicationId}
      </Header>
      <Container>
        <Facts publication={publication} isOvertaken={isOvertaken} />
      </Container>
      {warnings.length > 0 ? <Warnings publication={publication} warnings={warnings} /> : null}
      <SmallTable
        title="Changes"
        columns={CHANGES}
        items={changes}
        trackBy={({ kind, id, version }) => `${kind} ${id} ${version}`}
        empty="It changes nothing."
        csvName={`${publication.publicationId} changes`}
      />
      {changes
        .filter((change) => change.kind === 'price-book' && change.change === 'changed')
        .map((change) => (
          <BookDifferences key={`${change.id} ${change.version}`} change={change} publication={publication} />
        ))}
      {deciding ? (
        <Suspense fallback={null}>
          <Decide step={deciding} publication={publication} done={() => setDeciding(undefined)} />
        </Suspense>
      ) : null}
    </SpaceBetween>
  );
};

const Facts = ({ publication, isOvertaken }: { publication: Publication; isOvertaken: boolean }) => {
  const { proposedBy, proposedAt, publishedBy, publishedAt, hash, warnings = [] } = publication;
  const word = wordOfPublication({ ...publication, warnings, overtaken: isOvertaken });
  return (
    <KeyValuePairs
      columns={4}
      items={[
        { label: 'State', value: <State word={word} label={stateOfPublication(publication, isOvertaken)} /> },
        {
          label: 'Proposed by',
          value: (
            <>
              {proposedBy}, <Ago at={proposedAt} />
            </>
          ),
        },
        {
          label: 'Published by',
          value:
            publishedAt === undefined ? (
              'nobody yet'
            ) : (
              <>
                {publishedBy}, <Ago at={publishedAt} />
              </>
            ),
        },
        { label: 'Hash', value: <Id id={hash} short={16} /> },
      ]}
    />
  );
};

const Warnings = ({
  publication: { status, proposedBy },
  warnings,
}: {
  publication: Publication;
  warnings: readonly PublicationWarning[];
}) => (
  <Alert
    type="warning"
    header={status === 'draft' ? 'The checks doubt this' : `The checks doubted this; ${proposedBy} accepted it`}
  >
    <ul className="notes">
      {warnings.map(({ key, id, path, message }) => (
        <li key={key}>
          <b>{id}</b> <span title={path}>{message}</span> (<code>{key}</code>)
        </li>
      ))}
    </ul>
  </Alert>
);

const CHANGES: readonly Column<PublicationChange>[] = [
  {
    id: 'entry',
    header: 'Entry',
    cell: ({ kind, id, version }) =>
      kind === 'price-book' ? (
        <Link to={`/price-books/${encodeURIComponent(id)}`} label={`${id}, version ${version}`}>
          {id}
        </Link>
      ) : (
        id
      ),
    compare: (a, b) => a.id.localeCompare(b.id),
    csv: ({ id }) => id,
  },
  {
    id: 'kind',
    header: 'Kind',
    cell: ({ kind }) => kind,
    compare: (a, b) => a.kind.localeCompare(b.kind),
    csv: ({ kind }) => kind,
  },
  { id: 'change', header: 'Change', cell: ({ change }) => change, csv: ({ change }) => change },
  { id: 'version', header: 'Version', numeric: true, cell: ({ version }) => version, csv: ({ version }) => version },
  {
    id: 'from',
    header: 'Holds from',
    cell: ({ effectiveFrom }) => <HoldsAt at={effectiveFrom} />,
    compare: (a, b) => a.effectiveFrom.localeCompare(b.effectiveFrom),
    csv: ({ effectiveFrom }) => effectiveFrom,
  },
];

/** A changed book against the version before it, which may wait in the same publication. */
const BookDifferences = ({ change, publication }: { change: PublicationChange; publication: Publication }) => {
  const { publicationId, status, changes } = publication;
  const nameOf = (version: number): string => {
    const waits = status !== 'published' && changes.some((each) => each.id === change.id && each.version === version);
    return nameOfVersion({ version, ...(waits ? { publicationId } : {}) });
  };
  const from = change.version > 1 ? nameOf(change.version - 1) : undefined;
  const diff = useBookDiff(change.id, from, nameOf(change.version));
  return <Differences id={change.id} diff={diff.data} error={diff.error} retry={() => diff.refetch()} />;
};

export default PublicationPage;
