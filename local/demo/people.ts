import { AdminAddUserToGroupCommand } from '@aws-sdk/client-cognito-identity-provider';
import { type ApiClient, apiClient } from '../../ops/api-client.ts';
import { type Person, signIn } from '../../ops/session.ts';
import { connectCloud } from '../cloud.ts';
import type { System } from '../system.ts';

/** The four people of the demo, signed in. */
export type People = Readonly<Record<Person, ApiClient>>;

/**
 * Signs everybody in. The preparer is made an approver too, as in many small finance teams: so what refuses her own
 * approval later is the rule that maker and checker differ, and not a missing role.
 */
export const signEverybodyIn = async (system: System): Promise<People> => {
  const { cognito } = connectCloud(system);
  await cognito.send(
    new AdminAddUserToGroupCommand({
      UserPoolId: system.userPool.id,
      Username: system.users.preparer.name,
      GroupName: 'finance-approver',
    }),
  );
  const client = async (person: Person): Promise<ApiClient> => {
    const { name, password } = system.users[person];
    const target = { ...system, clientId: system.userPool.clientId, user: name, password };
    return apiClient(system.apiBase, await signIn(target));
  };
  const [preparer, approver, operator, success] = await Promise.all([
    client('preparer'),
    client('approver'),
    client('operator'),
    client('success'),
  ]);
  return { preparer, approver, operator, success };
};
