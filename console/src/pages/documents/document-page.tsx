import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { useDocument, useDocuments, useNames } from '../../api/queries.ts';
import { formatPeriod } from '../../format/time.ts';
import { Page } from '../../frame/page.tsx';
import { useLocale } from '../../frame/preferences.tsx';
import { Failure } from '../../parts/failure.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { KIND_NAMES } from '../close/manifest-summary.ts';
import { Attempts } from './attempts.tsx';
import { Facts } from './facts.tsx';
import { Lines } from './lines.tsx';

const LinePanel = lazy(() => import('./line-panel.tsx').then((module) => ({ default: module.LinePanel })));

/** One document: what it says, why, and what happened to it on its way. */
const DocumentPage = () => {
  const { documentId = '' } = useParams();
  const locale = useLocale();
  const names = useNames();
  const { data, error, refetch } = useDocument(documentId);
  const correctedBy = (useDocuments(undefined).data ?? [])
    .filter(({ document }) => document.corrects === documentId)
    .map(({ document }) => document.documentId);
  const [parameters, setParameters] = useSearchParams();
  const lineId = parameters.get('line');
  const line = data?.document.lines.find((one) => one.lineId === lineId);
  const choose = (id: string | undefined) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        if (id === undefined) after.delete('line');
        else after.set('line', id);
        return after;
      },
      { replace: true },
    );
  const title = data ? `${KIND_NAMES[data.document.kind]} for ${data.document.accountName}` : documentId;

  return (
    <Page
      title={title}
      crumbs={[{ text: 'Documents', href: '/documents' }]}
      panel={
        data && line
          ? {
              content: (
                <Suspense fallback={null}>
                  <LinePanel key={line.lineId} document={data.document} line={line} />
                </Suspense>
              ),
              close: () => choose(undefined),
            }
          : undefined
      }
    >
      {data === undefined ? (
        error ? (
          <Failure what="This document" error={error} retry={() => refetch()} />
        ) : (
          <Container header={<Header variant="h1">{title}</Header>}>
            <LoadingRows label="Reading the document" />
          </Container>
        )
      ) : (
        <SpaceBetween size="l">
          <Header variant="h1" description={formatPeriod(data.document.period.start, data.document.period.end, locale)}>
            {title}
          </Header>
          {data.delivery?.state === 'parked' ? (
            <Alert type="info" header="Parked">
              {data.delivery.lastError?.message ?? 'The ERP does not take it now.'} It is not sent again by itself:
              start the close again when the cause is gone.
            </Alert>
          ) : null}
          <Container>
            <Facts document={data.document} delivery={data.delivery} names={names} correctedBy={correctedBy} />
          </Container>
          <Lines document={data.document} chosen={line?.lineId} choose={choose} />
          <Attempts attempts={data.attempts} />
        </SpaceBetween>
      )}
    </Page>
  );
};

export default DocumentPage;
