import { describe, expect, it } from 'vitest';
import { registeredSchemas } from '../../../lambdas/usage/events/event-validators.generated.js';
import { dataschemasOf, schemaOf } from '../../../lambdas/usage/events/schemas.ts';
import { isNewest, newestOf, upcast, upcasters } from '../../../lambdas/usage/events/upcasters.ts';
import { event } from './events.ts';

const api = 'https://schemas.larkspur.example/com.larkspur.api.requests';
const v1 = (data: Record<string, unknown>) => event({ dataschema: `${api}/1`, data });

describe('upcasters', () => {
  it.each([
    ['/search', 'search'],
    ['/searches/9', 'search'],
    ['/write/documents', 'write'],
    ['/read/documents', 'read'],
    ['/', 'read'],
  ])('turns a v1 API path %s into the endpoint %s', (path, endpoint) => {
    expect(upcast(v1({ calls: 5, path }))).toEqual(event({ dataschema: `${api}/2`, data: { count: 5, endpoint } }));
  });

  it('carries along what the old schema did not know', () => {
    expect(upcast(v1({ calls: 5, path: '/', colour: 'red' })).data).toEqual({
      count: 5,
      endpoint: 'read',
      colour: 'red',
    });
  });

  it('leaves the newest version as it is', () => {
    expect(upcast(event())).toEqual(event());
  });
});

describe('the versions of event schemas', () => {
  it('lead from every version to exactly one newest version of the same type', () => {
    for (const [address, { type }] of Object.entries(registeredSchemas)) {
      const newest = newestOf(address);
      expect(schemaOf(type, newest), address).toBeDefined();
      expect(dataschemasOf(type).filter(isNewest), type).toEqual([newest]);
    }
  });

  it('go up, one step at a time, between registered versions of one type', () => {
    for (const { from, to } of upcasters) {
      const type = registeredSchemas[from]?.type ?? '';
      const order = dataschemasOf(type);
      expect(order.indexOf(to)).toBe(order.indexOf(from) + 1);
    }
  });
});
