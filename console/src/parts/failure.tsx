import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { explainRead } from '../api/words.ts';

/** A part that could not be read: what happened, what it means, what to do. The rest of the page stays. */
export const Failure = ({ what, error, retry }: { what: string; error: unknown; retry: () => void }) => {
  const { header, text } = explainRead(error, what);
  return (
    <Alert
      type="error"
      header={header}
      action={
        <Button iconName="refresh" onClick={retry}>
          Try again
        </Button>
      }
    >
      {text}
    </Alert>
  );
};
