import { describe, expect, it } from 'vitest';
import { CALLBACK } from '../../ops/browser-sign-in.ts';
import { at, synthesize } from './synthesize.ts';

describe('people', () => {
  it.each([
    ['dev', 'OPTIONAL'],
    ['prod', 'ON'],
  ])(
    'of %s are made by an administrator, whatever the case of their names; second factor: %s',
    (environment, factor) => {
      const [pool] = synthesize(environment).ofType('AWS::Cognito::UserPool');
      expect(pool?.Properties).toMatchObject({
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
        UsernameConfiguration: { CaseSensitive: false },
        MfaConfiguration: factor,
        EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      });
    },
  );
});

describe('the sign-in client', () => {
  it.each(['dev', 'prod'])('of %s comes back to the console and to the command line', (environment) => {
    const [client, ...others] = synthesize(environment).ofType('AWS::Cognito::UserPoolClient');
    expect(others).toEqual([]);
    const callbacks = at(client?.Properties, 'CallbackURLs');
    expect(callbacks).toHaveLength(3);
    expect(callbacks).toContain(CALLBACK);
    expect(at(client?.Properties, 'AllowedOAuthFlows')).toEqual(['code']);
    expect(at(client?.Properties, 'GenerateSecret')).toBe(false);
  });
});
