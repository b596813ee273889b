import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../console/src/api/client.ts';
import { explain, explainRead } from '../../../console/src/api/words.ts';
import { parseConfig } from '../../../console/src/config.ts';
import { matches } from '../../../console/src/parts/filters.ts';
import { personOf, refusalFor } from '../../../console/src/session/person.ts';

const filters = [
  { key: 'state', label: 'State', value: ({ state }: { state: string; name: string }) => state },
  { key: 'name', label: 'Name', value: ({ name }: { state: string; name: string }) => name },
];
const parked = { state: 'parked', name: 'Atelier Vermeulen' };

describe('filters', () => {
  const token = (operator: string, value: string, propertyKey?: string) => ({
    operator,
    value,
    ...(propertyKey ? { propertyKey } : {}),
  });

  it('match any property without one, and only the named one with it', () => {
    expect(matches(filters, parked, { operation: 'and', tokens: [token(':', 'VERM')] })).toBe(true);
    expect(matches(filters, parked, { operation: 'and', tokens: [token(':', 'verm', 'state')] })).toBe(false);
  });

  it('join by and, or by or; no token shows everything', () => {
    const tokens = [token('=', 'parked', 'state'), token('=', 'nobody', 'name')];
    expect(matches(filters, parked, { operation: 'and', tokens })).toBe(false);
    expect(matches(filters, parked, { operation: 'or', tokens })).toBe(true);
    expect(matches(filters, parked, { operation: 'or', tokens: [] })).toBe(true);
  });

  it('exclude', () => {
    expect(matches(filters, parked, { operation: 'and', tokens: [token('!:', 'verm')] })).toBe(false);
    expect(matches(filters, parked, { operation: 'and', tokens: [token('!=', 'done', 'state')] })).toBe(true);
  });
});

describe('who one is', () => {
  it('reads groups as a list or as text', () => {
    expect(personOf({ 'cognito:username': 'p', 'cognito:groups': ['finance-preparer'] }).roles).toEqual([
      'finance-preparer',
    ]);
    expect(personOf({ 'cognito:username': 'p', 'cognito:groups': '[operator success]' }).roles).toEqual([
      'operator',
      'success',
    ]);
    expect(personOf({ sub: 's' })).toEqual({ name: 's', roles: [] });
  });

  it('says why something may not be done', () => {
    const person = { name: 'p', roles: ['operator' as const] };
    expect(refusalFor(person, ['operator'])).toBeUndefined();
    expect(refusalFor(person, ['finance-approver'])).toBe('This needs the role Finance approver; you have Operator.');
  });
});

describe('errors in words', () => {
  it('explain what the refusals of an approval mean', () => {
    expect(explain(new ApiError(409, 'MAKER_IS_CHECKER', 'x'), 'f').header).toBe('You may not approve your own work');
    expect(explain(new ApiError(409, 'STALE_MANIFEST', 'x'), 'f').text).toContain('check its totals and decide again');
  });

  it("keep the API's sentence where there are no better words", () => {
    expect(explain(new ApiError(400, 'BAD_DATES', 'the end is before the start'), 'Not started')).toEqual({
      header: 'Not started',
      text: 'The end is before the start. (BAD_DATES)',
    });
  });

  it('do not speak of changes when something was only read', () => {
    const { header, text } = explainRead(new ApiError(403, 'ROLE_MISSING', 'this needs a role'), 'Closes');
    expect(header).toBe('Closes cannot be shown with your role');
    expect(text).not.toContain('changed');
  });
});

describe('the configuration', () => {
  it('names what is missing', () => {
    expect(() => parseConfig({ apiBase: '' })).toThrow('hostedUi is missing');
    expect(() => parseConfig({ apiBase: '', hostedUi: {}, region: 'r', userPoolId: 'u', authority: 'a' })).toThrow(
      'clientId is missing',
    );
  });
});
