import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { emulatorCredentials } from '../../local/cloud.ts';
import type { System } from '../../local/system.ts';
import { outputOf } from '../../scripts/deploy/stacks.ts';

type Statement = { readonly Effect: 'Allow' | 'Deny'; readonly Action: string; readonly Resource: string };

/** Adds a statement to the role of a function in the running system. */
const addToRole = async (system: System, functionName: string, name: string, statement: Statement): Promise<void> => {
  const { cloud, endpoint, region } = system;
  const { Role = '' } = await cloud.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
  const iam = new IAMClient({ endpoint, region, credentials: emulatorCredentials });
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: Role.split('/').at(-1) ?? '',
      PolicyName: name,
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    }),
  );
  iam.destroy();
};

/**
 * What the emulator refuses although AWS allows it; the templates stay as AWS needs them.
 * - AWS judges `states:SendTaskSuccess` by the state machine that the token belongs to; the emulator, which does not look
 *   the token up, by `*`.
 * - On AWS the right to `sqs:SendMessage` is also the one to send a batch, and `sqs:SendMessageBatch` is no right; the
 *   emulator asks for it.
 */
const ALLOWED_BY_AWS = [
  { functionOutput: 'FinanceApiFunctionName', action: 'states:SendTaskSuccess' },
  { functionOutput: 'CloseStepFunctionName', action: 'sqs:SendMessageBatch' },
];

/** Allows in the running system what AWS would. */
export const allowAsAws = async (system: System): Promise<void> => {
  for (const { functionOutput, action } of ALLOWED_BY_AWS) {
    const statement = { Effect: 'Allow', Action: action, Resource: '*' } as const;
    await addToRole(system, outputOf(system.outputs, functionOutput), 'AllowedByAws', statement);
  }
};

/** Takes one right from a function, to see that rights matter. */
export const refuse = (system: System, functionName: string, action: string): Promise<void> =>
  addToRole(system, functionName, 'Refused', { Effect: 'Deny', Action: action, Resource: '*' });
