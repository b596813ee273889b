import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { awsCredentials, type Credentials } from '../credentials.ts';
import { fieldOf, textOf } from '../exact-json.ts';
import type { AdapterClient } from '../types.ts';
import { type VendorHttp, type VendorHttpPorts, vendorHttp } from '../vendor-http.ts';
import { type Effect, type GainsightResult, readEnvelope } from './errors.ts';

/** Only an open or closed CTA has a place in the tenant; there is none that is void. */
const LIVE = true;

const firstRecord = (data: unknown): unknown => {
  const records = fieldOf(data, 'records');
  return Array.isArray(records) ? records[0] : undefined;
};

/** The client of Gainsight's Cockpit API: calls to action (CTA), found by `referenceId`. */
export const gainsightClient = (ports: {
  readonly credentials: Credentials;
  readonly http: VendorHttp;
}): AdapterClient => {
  const post = async (path: string, body: string, effect: Effect, correlationId: string): Promise<GainsightResult> => {
    let access: Awaited<ReturnType<Credentials['get']>>;
    try {
      access = await ports.credentials.get();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { outcome: 'auth', code: 'BAD_CREDENTIALS', message };
    }
    const answer = await ports.http({
      method: 'POST',
      url: `${access.baseUrl}${path}`,
      headers: {
        accesskey: access.secret.accessKey ?? '',
        'content-type': 'application/json',
        accept: 'application/json',
      },
      body,
      correlationId,
    });
    return readEnvelope(answer, effect);
  };

  return {
    lookup: async (job) => {
      const query = {
        select: ['Gsid', 'referenceId', 'CompanyId'],
        where: { conditions: [{ name: 'referenceId', alias: 'A', operator: 'EQ', value: [job.deliveryId] }] },
        limit: 1,
        offset: 0,
      };
      const listed = await post('/v2/cockpit/cta/list', JSON.stringify(query), 'read', job.correlationId);
      if ('outcome' in listed) return listed;
      const record = firstRecord(listed.data);
      const vendorId = textOf(record, 'Gsid');
      if (vendorId === undefined) return { found: false };
      const customerId = textOf(record, 'CompanyId');
      return { found: true, vendorId, live: LIVE, ...(customerId === undefined ? {} : { customerId }) };
    },
    create: async (job, payload) => {
      const created = await post('/v2/cockpit/cta/', payload, 'write', job.correlationId);
      if ('outcome' in created) return created;
      const vendorId = textOf(firstRecord(created.data), 'Gsid');
      if (vendorId !== undefined) return { outcome: 'posted', vendorId };
      return { outcome: 'ambiguous', code: 'BAD_ANSWER', message: 'Gainsight names no Gsid of the new CTA' };
    },
    renew: () => ports.credentials.forget(),
  };
};

/** The client as a function wires it: endpoint from its SSM parameter, access key from its secret. */
export const connectGainsight = (
  ports: VendorHttpPorts & { readonly secrets: SecretsManagerClient; readonly ssm: SSMClient },
  names: { readonly endpointParameter: string; readonly secretId: string },
): AdapterClient =>
  gainsightClient({ credentials: awsCredentials(ports, { ...names, fields: ['accessKey'] }), http: vendorHttp(ports) });
