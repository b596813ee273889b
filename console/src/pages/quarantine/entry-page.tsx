import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense, useState } from 'react';
import { useParams } from 'react-router';
import type { QuarantineEntry } from '../../../../lambdas/usage/types.ts';
import { type QuarantineDetail, useQuarantineEntry, useRelease } from '../../api/quarantine.ts';
import { explain } from '../../api/words.ts';
import { wordOfQuarantine } from '../../format/state.ts';
import { useFlashes } from '../../frame/flashes.tsx';
import { Page } from '../../frame/page.tsx';
import { CodeLines } from '../../parts/code-lines.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Id } from '../../parts/id.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { RoleButton } from '../../parts/role-button.tsx';
import { State } from '../../parts/state.tsx';
import { Ago, Instant } from '../../parts/times.tsx';
import { History } from './history.tsx';
import { CODE_NAMES, placeOf, STATE_NAMES } from './words.ts';

const Release = lazy(() => import('./release.tsx').then((module) => ({ default: module.Release })));
const WriteOff = lazy(() => import('./write-off.tsx').then((module) => ({ default: module.WriteOff })));

const titleOf = ({ code, subject }: QuarantineEntry): string =>
  subject === undefined ? code : `${code} of ${subject}`;

/** One refused line: what is wrong and where, the line itself, and what became of it. */
const EntryPage = () => {
  const { id = '' } = useParams();
  const { data, error, refetch } = useQuarantineEntry(id);
  return (
    <Page title={data ? titleOf(data.entry) : id} crumbs={[{ text: 'Quarantine', href: '/quarantine' }]}>
      {data === undefined ? (
        error ? (
          <SpaceBetween size="m">
            <Header variant="h1">Quarantine entry</Header>
            <Failure what="This entry" error={error} retry={() => refetch()} />
          </SpaceBetween>
        ) : (
          <Container header={<Header variant="h1">{id}</Header>}>
            <LoadingRows label="Reading the entry" />
          </Container>
        )
      ) : (
        <Entry key={id} detail={data} />
      )}
    </Page>
  );
};

const Entry = ({ detail }: { detail: QuarantineDetail }) => {
  const { entry } = detail;
  const [deciding, setDeciding] = useState<'release' | 'write-off'>();
  const refusal = entry.state === 'waiting' ? undefined : `It is ${STATE_NAMES[entry.state]}.`;
  const done = () => setDeciding(undefined);
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={`Arrived with ${CODE_NAMES[entry.code]}`}
        actions={
          deciding === 'release' ? null : (
            <SpaceBetween direction="horizontal" size="xs">
              <RoleButton roles={['operator']} refusal={refusal} onClick={() => setDeciding('write-off')}>
                Write off
              </RoleButton>
              {entry.release && entry.state === 'releasing' ? (
                <Finish id={entry.id} note={entry.release.note} />
              ) : (
                <RoleButton
                  variant="primary"
                  roles={['operator']}
                  refusal={refusal}
                  onClick={() => setDeciding('release')}
                >
                  Edit and release
                </RoleButton>
              )}
            </SpaceBetween>
          )
        }
      >
        {titleOf(entry)}
      </Header>
      {entry.state === 'waiting' ? (
        <Alert type="warning" header={`Wrong at ${placeOf(entry.path)}`}>
          {entry.message}
        </Alert>
      ) : null}
      {entry.state === 'releasing' ? (
        <Alert type="info" header="The release was decided and is not finished">
          Something failed on the way. Finish it: the line is put on the stream once more, and counted once.
        </Alert>
      ) : null}
      <Container>
        <Facts entry={entry} />
      </Container>
      {deciding === 'release' ? (
        <Suspense fallback={null}>
          <Release detail={detail} done={done} />
        </Suspense>
      ) : null}
      <Line detail={detail} />
      <History detail={detail} />
      {deciding === 'write-off' ? (
        <Suspense fallback={null}>
          <WriteOff entry={entry} done={done} />
        </Suspense>
      ) : null}
    </SpaceBetween>
  );
};

/** Goes on with a release that was decided; what is put is what was decided. */
const Finish = ({ id, note }: { id: string; note: string }) => {
  const { show } = useFlashes();
  const release = useRelease(id);
  const finish = () =>
    release.mutate(
      { note },
      {
        onSuccess: () => show({ type: 'success', header: 'Released', text: 'The line is on the stream again.' }),
        onError: (error) => {
          const { header, text } = explain(error, 'The release was not finished');
          show({ type: 'error', header, text });
        },
      },
    );
  return (
    <RoleButton variant="primary" roles={['operator']} loading={release.isPending} onClick={finish}>
      Finish the release
    </RoleButton>
  );
};

const Facts = ({ entry }: { entry: QuarantineEntry }) => {
  const { position, pointer, accepted } = entry;
  const items: KeyValuePairsProps.Item[] = [
    { label: 'State', value: <State word={wordOfQuarantine(entry.state)} label={STATE_NAMES[entry.state]} /> },
    {
      label: 'Arrived',
      value: (
        <>
          <Ago at={entry.receivedAt} /> (<Instant at={entry.receivedAt} />)
        </>
      ),
    },
    { label: 'Subject', value: entry.subject ?? 'not said' },
    { label: 'Time of the event', value: entry.time ?? 'not said' },
    { label: 'Type', value: entry.type ?? 'not said' },
    { label: 'Schema', value: entry.dataschema ?? 'not said' },
    { label: 'Source', value: entry.source ?? 'not said' },
    { label: 'Event id', value: entry.eventId === undefined ? 'not said' : <Id id={entry.eventId} short={24} /> },
    { label: 'Entry', value: <Id id={entry.id} /> },
    {
      label: 'In the stream',
      value: `${position.stream}, ${position.shard}, ${position.sequence}, line ${position.index}`,
    },
    { label: 'In the archive', value: <Id id={`${pointer.key}#${pointer.line}`} short={28} /> },
    ...(accepted === undefined
      ? []
      : [{ label: 'Counted first', value: <Id id={`${accepted.key}#${accepted.line}`} short={28} /> }]),
  ];
  return <KeyValuePairs columns={4} items={items} />;
};

const Line = ({ detail: { entry, shown } }: { detail: QuarantineDetail }) => (
  <Container
    header={
      <Header
        variant="h2"
        description={entry.bodyEncoding === 'base64' ? 'It is not text; here are its bytes in base64' : undefined}
        actions={
          <CopyToClipboard
            copyButtonText="Copy"
            copySuccessText="Copied"
            copyErrorText="Could not be copied"
            textToCopy={entry.body}
          />
        }
      >
        The line as it came
      </Header>
    }
  >
    {shown ? (
      <CodeLines label="The line as it came" shown={shown} fault={shown.marked ? entry.message : undefined} />
    ) : (
      <Box variant="code">
        <span style={{ overflowWrap: 'anywhere' }}>
          {entry.body}
          {entry.bodyCut ? '… (its beginning; the whole is in the archive)' : ''}
        </span>
      </Box>
    )}
  </Container>
);

export default EntryPage;
