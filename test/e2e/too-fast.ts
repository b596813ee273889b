import { CreateApiKeyCommand, CreateUsagePlanKeyCommand, UpdateUsagePlanCommand } from '@aws-sdk/client-api-gateway';
import { expect } from 'vitest';
import { signEverybodyIn } from '../../local/demo/people.ts';
import type { System } from '../../local/system.ts';
import { outputOf } from '../../scripts/deploy/stacks.ts';

const SOURCE = '//larkspur.example/too-fast';

/**
 * Sends faster than the usage plan lets a key. On AWS our authorizer names the plan's key (`usageIdentifierKey`), whose
 * value is not the secret; the emulator looks only for a key whose value is the request's own `x-api-key`. So here the
 * gateway is given one with the secret as its value. What is proved is the plan on the stage and the answer; that the
 * authorizer names the key is a unit test.
 */
export const sendTooFast = async (system: System): Promise<void> => {
  const { apiGateway } = system.cloud;
  const usagePlanId = outputOf(system.outputs, 'UsagePlanId');
  const { operator } = await signEverybodyIn(system);
  const { secret } = await operator.post<{ secret: string }>('/api-keys', { name: 'Too fast', sources: [SOURCE] });
  const { id: keyId } = await apiGateway.send(
    new CreateApiKeyCommand({ name: 'Too fast', value: secret, enabled: true }),
  );
  await apiGateway.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }));
  const limit = (rate: number, burst: number) =>
    apiGateway.send(
      new UpdateUsagePlanCommand({
        usagePlanId,
        patchOperations: [
          { op: 'replace', path: '/throttle/rateLimit', value: String(rate) },
          { op: 'replace', path: '/throttle/burstLimit', value: String(burst) },
        ],
      }),
    );
  const post = () =>
    fetch(`${system.apiBase}/events`, {
      method: 'POST',
      headers: { 'x-api-key': secret, 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify([{ specversion: '1.0', id: 'e-1', source: '//other', type: 'com.larkspur.user.active' }]),
    });
  await limit(1, 2);
  const answers = await Promise.all(Array.from({ length: 8 }, post));
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThan(0);
  expect(refused.length).toBeGreaterThan(0);
  for (const answer of refused) {
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 429, code: 'TOO_FAST' });
  }
};
