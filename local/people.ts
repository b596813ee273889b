import { randomBytes } from 'node:crypto';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  DescribeUserPoolClientCommand,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Cloud } from './cloud.ts';

/** Somebody who may sign in; `group` is the role. */
export type User = { name: string; password: string; group: string };

/** One user per role. */
export type Users = { preparer: User; approver: User; operator: User; success: User };

const groups = {
  preparer: 'finance-preparer',
  approver: 'finance-approver',
  operator: 'operator',
  success: 'success',
} as const;

/** A password that the pool's policy accepts; new for every system, so that none is ever written down in the project. */
const newPassword = (): string => `Mb-${randomBytes(12).toString('base64url')}-7a`;

/** Creates the four demo users, as an administrator would. */
export const createUsers = async ({ cognito }: Cloud, userPoolId: string): Promise<Users> => {
  const create = async (name: keyof Users): Promise<User> => {
    const user = { name, password: newPassword(), group: groups[name] };
    await cognito.send(
      new AdminCreateUserCommand({
        UserPoolId: userPoolId,
        Username: name,
        MessageAction: 'SUPPRESS',
        UserAttributes: [
          { Name: 'email', Value: `${name}@larkspur.example` },
          { Name: 'email_verified', Value: 'true' },
        ],
      }),
    );
    await cognito.send(
      new AdminSetUserPasswordCommand({
        UserPoolId: userPoolId,
        Username: name,
        Password: user.password,
        Permanent: true,
      }),
    );
    await cognito.send(
      new AdminAddUserToGroupCommand({ UserPoolId: userPoolId, Username: name, GroupName: user.group }),
    );
    return user;
  };
  const [preparer, approver, operator, success] = await Promise.all([
    create('preparer'),
    create('approver'),
    create('operator'),
    create('success'),
  ]);
  return { preparer, approver, operator, success };
};

/**
 * Lets the console sign in from this origin. The dev configuration names the usual one; a system on other ports
 * adds its own.
 */
export const allowOrigin = async (
  { cognito }: Cloud,
  userPool: { id: string; clientId: string },
  origin: string,
): Promise<void> => {
  const names = { UserPoolId: userPool.id, ClientId: userPool.clientId };
  const { UserPoolClient: client = {} } = await cognito.send(new DescribeUserPoolClientCommand(names));
  const callback = `${origin}/signed-in`;
  if (client.CallbackURLs?.includes(callback) && client.LogoutURLs?.includes(`${origin}/`)) return;
  const { ClientSecret: _secret, CreationDate: _created, LastModifiedDate: _modified, ...settings } = client;
  // An update replaces the whole client, so everything it had is sent back.
  await cognito.send(
    new UpdateUserPoolClientCommand({
      ...settings,
      ...names,
      CallbackURLs: [...(client.CallbackURLs ?? []), callback],
      LogoutURLs: [...(client.LogoutURLs ?? []), `${origin}/`],
    }),
  );
};
