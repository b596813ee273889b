import { NumberToken } from '../exact.ts';
import { Refusal } from './envelope.ts';

/** A call to action as the sandbox keeps it. */
export type Cta = {
  readonly gsid: string;
  readonly referenceId: string;
  readonly name: string;
  readonly companyId: string;
  readonly ownerEmail: string;
  readonly dueDate?: string;
  readonly type: string;
  readonly reason: string;
  readonly status: string;
  readonly priority: string;
  readonly comments: string;
  readonly createdAt: string;
};

/** What the tenant is set up with. */
export type Tenant = {
  /** Company ids (GSID). */
  readonly companies: readonly string[];
  /** E-mail addresses of the users who may own a CTA. */
  readonly users: readonly string[];
};

/** Display names of the tenant's picklists. */
export const PICKLISTS = {
  type: ['Risk', 'Opportunity', 'Lifecycle', 'Activity'],
  reason: ['Product Usage', 'Adoption', 'Support Risk', 'Renewal'],
  status: ['New', 'Work In Progress', 'Closed Success', 'Closed Lost'],
  priority: ['High', 'Medium', 'Low'],
} as const;

const FIELDS = new Set(
  ['referenceId', 'Name', 'CompanyId', 'OwnerId', 'OwnerEmail', 'DueDate', 'Comments'].concat(Object.keys(PICKLISTS)),
);
const LONGEST: Readonly<Record<string, number>> = { referenceId: 100, Name: 200, Comments: 10_000 };

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown, what: string): Fields => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberToken)) {
    return value as Fields;
  }
  throw new Refusal(400, 'GSOBJ_1002', `${what} must be an object`);
};

const text = (record: Fields, name: string): string => {
  const value = record[name];
  if (typeof value !== 'string' || value === '') {
    throw new Refusal(400, 'GSOBJ_1002', `Invalid value for the field ${name}`);
  }
  const longest = LONGEST[name];
  if (longest !== undefined && value.length > longest) {
    throw new Refusal(400, 'GSOBJ_1001', `The value of the field ${name} is longer than ${longest}`);
  }
  return value;
};

const picked = (record: Fields, name: keyof typeof PICKLISTS): string => {
  const value = text(record, name);
  const options: readonly string[] = PICKLISTS[name];
  if (!options.includes(value)) {
    throw new Refusal(400, 'GSOBJ_1002', `${value} is not in the picklist of ${name}: ${options.join(', ')}`);
  }
  return value;
};

const dueDate = (record: Fields): string | undefined => {
  if (record.DueDate === undefined) return undefined;
  const date = text(record, 'DueDate');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date))) {
    throw new Refusal(400, 'GSOBJ_1005', `${date} is not a date like 2026-12-01`);
  }
  return date;
};

/** The owner is found by e-mail, through the `lookups` of the request; a name that nobody has is refused. */
const owner = (record: Fields, body: Fields, tenant: Tenant): string => {
  const email = text(record, 'OwnerEmail');
  const lookup = fieldsOf(fieldsOf(body.lookups, 'lookups').OwnerId, 'lookups.OwnerId');
  const fields = fieldsOf(lookup.fields, 'lookups.OwnerId.fields');
  const named = [lookup.objectName, lookup.lookupField, fields.OwnerEmail];
  if (named.join() !== 'gsuser,Gsid,Email') {
    throw new Refusal(400, 'GSOBJ_1002', 'lookups.OwnerId must find the Gsid of a gsuser, OwnerEmail by Email');
  }
  if (!tenant.users.includes(email)) throw new Refusal(400, 'GSOBJ_1002', `no user has the e-mail address ${email}`);
  return email;
};

/** Checks one CTA of a create request. @throws a refusal for the first thing that is wrong. */
export const checkCta = (request: unknown, body: Fields, tenant: Tenant): Omit<Cta, 'gsid' | 'createdAt'> => {
  const record = fieldsOf(fieldsOf(request, 'request').record, 'record');
  for (const name of Object.keys(record)) {
    if (!FIELDS.has(name) && !name.endsWith('__gc')) throw new Refusal(400, 'GSOBJ_1002', `Unknown field ${name}`);
  }
  const companyId = text(record, 'CompanyId');
  if (!tenant.companies.includes(companyId)) {
    throw new Refusal(400, 'GSOBJ_1002', `Invalid value ${companyId} for the field CompanyId: no such company`);
  }
  const due = dueDate(record);
  return {
    referenceId: text(record, 'referenceId'),
    name: text(record, 'Name'),
    companyId,
    ownerEmail: owner(record, body, tenant),
    ...(due === undefined ? {} : { dueDate: due }),
    type: picked(record, 'type'),
    reason: picked(record, 'reason'),
    status: picked(record, 'status'),
    priority: picked(record, 'priority'),
    comments: record.Comments === undefined ? '' : text(record, 'Comments'),
  };
};

/** The requests of a create body: 1 to 50. */
export const requestsOf = (body: unknown): { readonly fields: Fields; readonly requests: readonly unknown[] } => {
  const fields = fieldsOf(body, 'the body');
  const { requests } = fields;
  if (!Array.isArray(requests) || requests.length === 0 || requests.length > 50) {
    throw new Refusal(400, 'GSOBJ_1002', 'requests must hold 1 to 50 elements');
  }
  return { fields, requests };
};

/** The reference ids that a list request asks for. */
export const listFilter = (body: unknown): readonly string[] => {
  const where = fieldsOf(fieldsOf(body, 'the body').where, 'where');
  const { conditions } = where;
  if (!Array.isArray(conditions) || conditions.length !== 1) {
    throw new Refusal(400, 'GSOBJ_1002', 'the sandbox takes one condition');
  }
  const { name, operator, value } = fieldsOf(conditions[0], 'condition');
  if (name !== 'referenceId' || (operator !== 'EQ' && operator !== 'IN') || !Array.isArray(value)) {
    throw new Refusal(400, 'GSOBJ_1002', 'the sandbox lists by referenceId with EQ or IN and a list of values');
  }
  return value.map(String);
};
