import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GainsightSandbox, startGainsightSandbox } from '../../../local/sandboxes/gainsight/server.ts';

let sandbox: GainsightSandbox;
beforeEach(async () => {
  const tenant = { companies: ['1P02A'], users: ['csm@larkspur.example'] };
  sandbox = await startGainsightSandbox({ port: 0, accessKey: 'key-1', ...tenant });
});
afterEach(() => sandbox.stop());

const record = {
  referenceId: 'sig-1',
  Name: 'Usage drop -72%',
  CompanyId: '1P02A',
  OwnerEmail: 'csm@larkspur.example',
  type: 'Risk',
  reason: 'Product Usage',
  status: 'New',
  priority: 'High',
  Comments: 'It dropped.',
};
const lookups = {
  OwnerId: {
    fields: { OwnerEmail: 'Email' },
    lookupField: 'Gsid',
    objectName: 'gsuser',
    multiMatchOption: 'FIRSTMATCH',
    onNoMatch: 'ERROR',
  },
};
type Envelope = { result: boolean; errorCode: string | null; errorDesc: string | null; data: unknown };

const send = async (path: string, body: unknown, accesskey = 'key-1') => {
  const response = await fetch(`${sandbox.url}${path}`, {
    method: 'POST',
    headers: { accesskey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as Envelope) };
};
const create = (fields: object = {}) =>
  send('/v2/cockpit/cta/', { requests: [{ record: { ...record, ...fields } }], lookups });
const list = (value: string[]) =>
  send('/v2/cockpit/cta/list', { where: { conditions: [{ name: 'referenceId', alias: 'A', operator: 'EQ', value }] } });

describe('the Gainsight sandbox', () => {
  it('keeps a call to action and finds it by its reference id', async () => {
    expect(await create()).toMatchObject({ status: 200, result: true, data: { count: 1 } });
    expect(sandbox.ctas()).toMatchObject([
      { referenceId: 'sig-1', companyId: '1P02A', type: 'Risk', priority: 'High' },
    ]);
    expect(await list(['sig-1'])).toMatchObject({ data: { records: [{ referenceId: 'sig-1', CompanyId: '1P02A' }] } });
    expect(await list(['sig-2'])).toMatchObject({ result: true, data: { count: 0, records: [] } });
  });

  it('does not save a caller who does not look first', async () => {
    await create();
    await create();
    expect(sandbox.ctas()).toHaveLength(2);
  });

  it.each([
    ['an unknown company', { CompanyId: '1P02B' }, 'GSOBJ_1002', /no such company/],
    ['an unknown owner', { OwnerEmail: 'x@y.example' }, 'GSOBJ_1002', /no user/],
    ['a type that is not in the picklist', { type: 'Danger' }, 'GSOBJ_1002', /picklist of type/],
    ['a priority that is not in the picklist', { priority: 'high' }, 'GSOBJ_1002', /picklist of priority/],
    ['a name that is too long', { Name: 'x'.repeat(201) }, 'GSOBJ_1001', /longer than 200/],
    ['no reference id', { referenceId: '' }, 'GSOBJ_1002', /referenceId/],
    ['a date in another form', { DueDate: '12/01/2026' }, 'GSOBJ_1005', /not a date/],
    ['an unknown field', { Nmae: 'x' }, 'GSOBJ_1002', /Unknown field Nmae/],
  ])('refuses %s', async (_, fields, errorCode, reason) => {
    const ended = await create(fields);
    expect(ended).toMatchObject({ status: 400, result: false, errorCode });
    expect(ended.errorDesc).toMatch(reason);
    expect(sandbox.ctas()).toEqual([]);
  });

  it('writes none of a call when one record is bad', async () => {
    const bad = { ...record, referenceId: 'sig-2', CompanyId: 'nobody' };
    await send('/v2/cockpit/cta/', { requests: [{ record }, { record: bad }], lookups });
    expect(sandbox.ctas()).toEqual([]);
  });

  it('refuses another access key, and what it is told to', async () => {
    expect(await send('/v2/cockpit/cta/list', {}, 'key-2')).toMatchObject({ status: 401, errorCode: 'GU_1401' });
    sandbox.misbehave({ kind: 'throttle' });
    expect(await create()).toMatchObject({ status: 429, errorCode: 'GU_2400' });
    sandbox.misbehave({ kind: 'status', status: 200 });
    expect(await create()).toMatchObject({ status: 200, result: false });
    sandbox.misbehave({ kind: 'drop', effect: 'after' });
    await expect(create()).rejects.toThrow();
    expect(sandbox.ctas()).toHaveLength(1);
  });
});
