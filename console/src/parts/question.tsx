import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal, { type ModalProps } from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';

type Props = {
  readonly header: string;
  /** What the button does, in its own words. */
  readonly action: string;
  readonly submit: () => void;
  readonly isPending: boolean;
  /** It was answered or left. */
  readonly done: () => void;
  readonly size?: ModalProps.Size;
  readonly children: ReactNode;
};

/** A dialog that asks one thing: what is asked, and below it the way out and the one button that does it. */
export const Question = ({ header, action, submit, isPending, done, size = 'large', children }: Props) => (
  <Modal
    visible
    size={size}
    header={header}
    closeAriaLabel="Close"
    onDismiss={done}
    footer={
      <Box float="right">
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="link" onClick={done}>
            Cancel
          </Button>
          <Button variant="primary" onClick={submit} loading={isPending}>
            {action}
          </Button>
        </SpaceBetween>
      </Box>
    }
  >
    <SpaceBetween size="l">{children}</SpaceBetween>
  </Modal>
);
