import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { explain } from '../api/words.ts';

/** A part that could not be read: what happened, what it means, what to do. The rest of the page stays. */
export const Failure = ({ what, error, retry }: { what: string; error: unknown; retry: () => void }) => {
  const { header, text } = explain(error, `${what} could not be read`);
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
