import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ShownJson } from '../../../lambdas/usage/quarantine/json-text.ts';

type Props = {
  readonly label: string;
  readonly shown: ShownJson;
  /** What is wrong at the marked place. */
  readonly fault?: string | undefined;
};

/** A line of JSON in order, with the place that is wrong, and why, beside it. */
export const CodeLines = ({ label, shown, fault }: Props) => {
  const [first, last] = shown.marked ?? [-1, -1];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="code-lines" aria-label={label} tabIndex={0}>
      <pre>
        {shown.lines.map((line, n) => {
          const isMarked = n >= first && n <= last;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is where it is
            <div key={n}>
              {isMarked ? <mark>{line}</mark> : line}
              {fault && n === last ? <StatusIndicator type="error">{fault}</StatusIndicator> : null}
            </div>
          );
        })}
      </pre>
    </section>
  );
};
