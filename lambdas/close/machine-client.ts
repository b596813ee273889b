import {
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

/** The state machine of a close. */
export type CloseMachine = {
  /** Starts an execution; one of that name is not started twice. */
  start(name: string, input: unknown): Promise<{ readonly executionArn: string; readonly started: boolean }>;
  /** Whether an execution is not running any more. */
  hasEnded(executionArn: string): Promise<boolean>;
};

/** Wakes an execution that waits for a person. */
export type TaskTokens = {
  /** `gone`: nobody waits with this token any more. */
  wake(token: string, output: unknown): Promise<'sent' | 'gone'>;
};

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/** The close's machine in Step Functions. */
export const sfnCloseMachine = (client: SFNClient, machineArn: string): CloseMachine => ({
  start: async (name, input) => {
    const executionArn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn: machineArn, name, input: JSON.stringify(input) }));
      return { executionArn, started: true };
    } catch (error) {
      if (nameOf(error) !== 'ExecutionAlreadyExists') throw error;
      return { executionArn, started: false };
    }
  },
  hasEnded: async (executionArn) => {
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return status !== 'RUNNING';
  },
});

const GONE = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

/** Task tokens in Step Functions. */
export const sfnTaskTokens = (client: SFNClient): TaskTokens => ({
  wake: async (taskToken, output) => {
    try {
      await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
      return 'sent';
    } catch (error) {
      if (GONE.includes(nameOf(error))) return 'gone';
      throw error;
    }
  },
});
