import {
  type APIGatewayClient,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
} from '@aws-sdk/client-api-gateway';
import type { GatewayKeys } from './api-keys.ts';

/** The keys of API Gateway, put on one usage plan. */
export const apiGatewayKeys = (client: APIGatewayClient, usagePlanId: string): GatewayKeys => ({
  create: async (name, value) => {
    const { id } = await client.send(new CreateApiKeyCommand({ name, value, enabled: true }));
    if (id === undefined) throw new Error('the API gateway made a key without an id');
    await client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId: id, keyType: 'API_KEY' }));
    return id;
  },
  remove: async (gatewayKeyId) => {
    try {
      await client.send(new DeleteApiKeyCommand({ apiKey: gatewayKeyId }));
    } catch (error) {
      if (!(error instanceof Error && error.name === 'NotFoundException')) throw error;
    }
  },
});
