import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

type Props = {
  readonly starting: boolean;
  readonly ended: boolean;
  readonly error: unknown;
  readonly signIn: (() => Promise<void>) | undefined;
};

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : 'Something unexpected happened.');

/** Before one is signed in: the way in, and what is wrong when there is none. */
export const Welcome = ({ starting, ended, error, signIn }: Props) => {
  const [failure, setFailure] = useState<unknown>();
  const [leaving, setLeaving] = useState(false);
  const enter = () => {
    setLeaving(true);
    signIn?.().catch((problem: unknown) => {
      setLeaving(false);
      setFailure(problem);
    });
  };
  const problem = error ?? failure;

  return (
    <main className="welcome">
      <Container
        header={
          <Header variant="h1" description="From product usage to posted, reconciled documents">
            Meterbridge
          </Header>
        }
      >
        <SpaceBetween size="l">
          {ended ? (
            <Alert type="info" header="Your session has ended">
              Sign in again; you come back to this page.
            </Alert>
          ) : null}
          {problem ? (
            <Alert
              type="error"
              header="The console cannot be used now"
              action={<Button onClick={() => window.location.assign('/')}>Try again</Button>}
            >
              {wordsOf(problem)}
            </Alert>
          ) : null}
          {signIn ? (
            <Button variant="primary" fullWidth onClick={enter} loading={leaving}>
              Sign in
            </Button>
          ) : starting ? (
            <Box color="text-body-secondary">Starting…</Box>
          ) : null}
        </SpaceBetween>
      </Container>
    </main>
  );
};
