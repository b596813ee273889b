import Skeleton from '@cloudscape-design/components/skeleton';
import SpaceBetween from '@cloudscape-design/components/space-between';

const ROWS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** What stands where rows will be. */
export const LoadingRows = ({ label, rows = ROWS.length }: { label: string; rows?: number }) => (
  <div role="status" aria-label={label}>
    <SpaceBetween size="s">
      {ROWS.slice(0, rows).map((row) => (
        <Skeleton key={row} width="100%" height="1.4em" />
      ))}
    </SpaceBetween>
  </div>
);
