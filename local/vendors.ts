import { generateKeyPairSync, randomBytes } from 'node:crypto';
import path from 'node:path';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { type CatalogFile, readCatalogFiles } from '../ops/catalog-files.ts';
import { type Outputs, outputOf } from '../scripts/deploy/stacks.ts';
import { clock } from './clock.ts';
import type { Cloud } from './cloud.ts';
import { root } from './paths.ts';
import { type GainsightSandbox, startGainsightSandbox } from './sandboxes/gainsight/server.ts';
import { type Company, monthlyPeriods } from './sandboxes/netsuite/company.ts';
import { type NetSuiteSandbox, startNetSuiteSandbox } from './sandboxes/netsuite/server.ts';

/** The vendors as a system has them: sandboxes in this process. */
export type Sandboxes = { netsuite: NetSuiteSandbox; gainsight: GainsightSandbox };

/** What each vendor gave the company to sign in with; made anew for each system. */
type Credentials = {
  netsuite: { clientId: string; certificateId: string; privateKeyPem: string; accountId: string };
  gainsight: { accessKey: string };
};

export type Vendors = { sandboxes: Sandboxes; credentials: Credentials; stop(): Promise<void> };

type Account = {
  id: string;
  name: string;
  entity: string;
  erp: { customerId: string };
  success?: { companyId: string; ownerEmail?: string };
};
type Entity = { id: string; name: string; erp: { subsidiaryId: string } };
type Contract = {
  payer: string;
  currency: string;
  credits?: { amount: string; erp?: { depositId: string } }[];
};
/** Tables of a NetSuite mapping: our product → the id of NetSuite's item, a kind of recognition → the id of its template. */
type Mapping = { adapter: string; tables?: Partial<Record<'item' | 'revRecSchedule', Record<string, string>>> };

const bodies = <Body>(files: readonly CatalogFile[], kind: string): Body[] =>
  files.filter((file) => file.kind === kind).map(({ body }) => body as Body);

const distinct = <Value>(values: Iterable<Value>): Value[] => [...new Set(values)];

/** What an ERP administrator of the example company would have set up: its customers, subsidiaries, items, templates and deposits. */
export const erpCompany = (files: readonly CatalogFile[]): Company => {
  const contracts = bodies<Contract>(files, 'contract');
  const subsidiaryOf = new Map(bodies<Entity>(files, 'entity').map(({ id, erp }) => [id, erp.subsidiaryId]));
  const mappings = bodies<Mapping>(files, 'mapping').filter(({ adapter }) => adapter === 'netsuite');
  const namedBy = (table: 'item' | 'revRecSchedule') =>
    [
      ...new Map(
        mappings.flatMap(({ tables }) => Object.entries(tables?.[table] ?? {})).map(([name, id]) => [id, name]),
      ),
    ].map(([id, name]) => ({ id, name }));
  return {
    subsidiaries: bodies<Entity>(files, 'entity').map(({ name, erp }) => ({ id: erp.subsidiaryId, name })),
    customers: bodies<Account>(files, 'account').map(({ id, name, entity, erp }) => ({
      id: erp.customerId,
      name,
      subsidiaryId: subsidiaryOf.get(entity) ?? '',
      currencies: distinct(contracts.filter(({ payer }) => payer === id).map(({ currency }) => currency)),
    })),
    items: namedBy('item'),
    revRecTemplates: namedBy('revRecSchedule'),
    deposits: contracts.flatMap(({ payer, currency, credits = [] }) =>
      credits.flatMap(({ amount, erp }) => {
        const customerId = bodies<Account>(files, 'account').find(({ id }) => id === payer)?.erp.customerId ?? '';
        return erp === undefined ? [] : [{ id: erp.depositId, customerId, currency, amount }];
      }),
    ),
  };
};

/** What the customer success team would have set up: a company per account, and who owns it. */
export const successTenant = (files: readonly CatalogFile[]): { companies: string[]; users: string[] } => {
  const known = bodies<Account>(files, 'account').flatMap(({ success }) => (success === undefined ? [] : [success]));
  return {
    companies: known.map(({ companyId }) => companyId),
    users: distinct(known.flatMap(({ ownerEmail }) => (ownerEmail === undefined ? [] : [ownerEmail]))),
  };
};

/** The month that lies `months` after the one of an instant, as `YYYY-MM`. */
const monthAfter = (instant: string, months: number): string =>
  new Date(Date.UTC(Number(instant.slice(0, 4)), Number(instant.slice(5, 7)) - 1 + months)).toISOString().slice(0, 7);

/** Starts both sandboxes, set up for the example company, with posting periods open from two years ago to next month. */
export const startVendors = async (ports: { netsuite: number; gainsight: number }): Promise<Vendors> => {
  const thisMonth = clock.now().slice(0, 7);
  const files = readCatalogFiles(path.join(root, 'catalog'), thisMonth);
  const key = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const integration = { clientId: randomBytes(16).toString('hex'), certificateId: randomBytes(12).toString('hex') };
  const accessKey = randomBytes(18).toString('hex');
  const netsuite = await startNetSuiteSandbox({
    port: ports.netsuite,
    ...integration,
    publicKeyPem: key.publicKey,
    company: erpCompany(files),
    periods: monthlyPeriods(monthAfter(thisMonth, -24), monthAfter(thisMonth, 1)),
  });
  const gainsight = await startGainsightSandbox({ port: ports.gainsight, accessKey, ...successTenant(files) }).catch(
    async (error: unknown) => {
      await netsuite.stop();
      throw error;
    },
  );
  return {
    sandboxes: { netsuite, gainsight },
    credentials: {
      netsuite: { ...integration, privateKeyPem: key.privateKey, accountId: 'SANDBOX_1' },
      gainsight: { accessKey },
    },
    stop: async () => {
      await Promise.all([netsuite.stop(), gainsight.stop()]);
    },
  };
};

/** Tells the deployed app where the vendors are and how to sign in there, as an operator would (docs/deploy.md). */
export const connectVendors = async ({ ssm, secrets }: Cloud, outputs: Outputs, vendors: Vendors): Promise<void> => {
  const connect = (name: string, baseUrl: string, secret: object): Promise<unknown>[] => [
    ssm.send(
      new PutParameterCommand({
        Name: outputOf(outputs, `${name}EndpointParameter`),
        Value: JSON.stringify({ baseUrl }),
        Overwrite: true,
      }),
    ),
    secrets.send(
      new PutSecretValueCommand({
        SecretId: outputOf(outputs, `${name}SecretId`),
        SecretString: JSON.stringify(secret),
      }),
    ),
  ];
  const { sandboxes, credentials } = vendors;
  await Promise.all([
    ...connect('NetSuite', sandboxes.netsuite.url, credentials.netsuite),
    ...connect('Gainsight', sandboxes.gainsight.url, credentials.gainsight),
  ]);
};
