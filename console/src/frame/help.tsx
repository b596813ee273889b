import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { MEANING, STATES } from '../format/state.ts';
import { State } from '../parts/state.tsx';

const KEYS: readonly [string, string][] = [
  ['/', 'Search the table'],
  ['j  k', 'Next, previous row'],
  ['Enter', 'Open the row'],
  ['?', 'This help'],
];

/** The keys, and what the words of state mean. */
export const Help = ({ close }: { close: () => void }) => (
  <Modal visible header="Keys and words" onDismiss={close} size="large" closeAriaLabel="Close">
    <SpaceBetween size="l">
      <KeyValuePairs columns={4} items={KEYS.map(([key, action]) => ({ label: <code>{key}</code>, value: action }))} />
      <KeyValuePairs
        columns={4}
        items={STATES.map((word) => ({ label: <State word={word} />, value: MEANING[word] }))}
      />
    </SpaceBetween>
  </Modal>
);
