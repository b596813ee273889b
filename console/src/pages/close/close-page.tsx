import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate, useParams } from 'react-router';
import { useClose, useNames } from '../../api/queries.ts';
import { formatDate, moveDays } from '../../format/time.ts';
import { Page } from '../../frame/page.tsx';
import { useLocale } from '../../frame/preferences.tsx';
import { Failure } from '../../parts/failure.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { Amounts } from './amounts.tsx';
import { Details } from './details.tsx';
import { Exceptions } from './exceptions.tsx';
import { Manifests } from './manifests.tsx';
import { Progress } from './progress.tsx';
import { closeTitle, STEP_NAMES } from './words.ts';

/** Can we close, how far are we, what is left? */
const ClosePage = () => {
  const { closeId = '' } = useParams();
  const locale = useLocale();
  const navigate = useNavigate();
  const names = useNames();
  const { data, error, refetch } = useClose(closeId);
  const title = data ? closeTitle(data.close, locale) : closeId;

  return (
    <Page title={title} crumbs={[{ text: 'Closes', href: '/closes' }]}>
      {data === undefined ? (
        error ? (
          <Failure what="This close" error={error} retry={() => refetch()} />
        ) : (
          <Container header={<Header variant="h1">{title}</Header>}>
            <LoadingRows label="Reading the close" />
          </Container>
        )
      ) : (
        <SpaceBetween size="l">
          <Header
            variant="h1"
            description={`Usage from ${formatDate(data.close.start, locale)} to ${formatDate(moveDays(data.close.end, -1), locale)}, each contract in its own time zone`}
            actions={
              <Button
                onClick={() => navigate(`/documents?closeId=${encodeURIComponent(closeId)}`)}
                disabled={data.manifests.length === 0}
              >
                Show documents
              </Button>
            }
          >
            {title}
          </Header>
          {data.close.failure ? (
            <Alert type="error" header={`The close ended at “${STEP_NAMES[data.close.failure.step]}”`}>
              {data.close.failure.message} ({data.close.failure.code}) Mend the cause, then start the close again: what
              is posted stays posted and is not posted twice.
            </Alert>
          ) : null}
          {error ? <Failure what="The newest state" error={error} retry={() => refetch()} /> : null}
          <Progress answer={data} />
          <Exceptions answer={data} names={names} />
          <Manifests answer={data} names={names} />
          <Amounts answer={data} />
          <Details close={data.close} exceptions={data.exceptions} names={names} />
        </SpaceBetween>
      )}
    </Page>
  );
};

export default ClosePage;
