import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import type { ReactNode } from 'react';

/** An id: monospaced, copyable. `short` shows only the beginning; the whole is copied and on hover. */
export const Id = ({ id, short, children }: { id: string; short?: number; children?: ReactNode }) => {
  const shown = short !== undefined && id.length > short ? `${id.slice(0, short)}…` : id;
  return (
    <span className="id" title={id}>
      {children ?? <code>{shown}</code>}{' '}
      <CopyToClipboard
        variant="icon"
        copyButtonAriaLabel={`Copy ${id}`}
        copySuccessText="Copied"
        copyErrorText="Could not be copied"
        textToCopy={id}
      />
    </span>
  );
};
