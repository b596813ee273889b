import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { MEANING, type StateWord } from '../format/state.ts';

type Look = { readonly type: StatusIndicatorProps.Type; readonly color?: StatusIndicatorProps.Color };

/** Each word has a shape and a colour of its own. */
export const LOOKS: Readonly<Record<StateWord, Look>> = {
  'needs you': { type: 'warning' },
  failed: { type: 'error' },
  held: { type: 'stopped', color: 'red' },
  parked: { type: 'stopped', color: 'grey' },
  running: { type: 'in-progress', color: 'blue' },
  waiting: { type: 'pending', color: 'grey' },
  open: { type: 'not-started', color: 'grey' },
  done: { type: 'success' },
};

/** A state as a word with its colour and shape; what it means is on hover. `label` says it more exactly. */
export const State = ({ word, label }: { word: StateWord; label?: string }) => {
  const { type, color } = LOOKS[word];
  return (
    <span title={MEANING[word]} className="state">
      <StatusIndicator type={type} {...(color ? { colorOverride: color } : {})}>
        {label ?? word}
      </StatusIndicator>
    </span>
  );
};
