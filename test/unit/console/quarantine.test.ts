import { describe, expect, it } from 'vitest';
import { askable, filterText, verdictText } from '../../../console/src/pages/quarantine/words.ts';

const token = (propertyKey: string | undefined, operator: string, value: string) => ({
  operator,
  value,
  ...(propertyKey === undefined ? {} : { propertyKey }),
});

describe('a search of refused lines', () => {
  it('is asked of the API as far as it can be', () => {
    const tokens = [
      token('subject', '=', 'org-01'),
      token('type', ':', 'api'),
      token('message', ':', 'seconds'),
      token('source', '!=', '//a'),
      token(undefined, ':', 'x'),
    ];
    expect(askable({ operation: 'and', tokens })).toEqual({ subject: 'org-01', text: 'seconds' });
    expect(askable({ operation: 'or', tokens })).toEqual({});
  });

  it('is told in words', () => {
    const filter = { code: 'SCHEMA', subject: 'org-01', text: 'seconds', state: 'waiting' } as const;
    expect(filterText(filter)).toBe('SCHEMA, subject org-01, “seconds”');
  });
});

describe('a judgement in words', () => {
  it('says what would become of the line', () => {
    expect(verdictText({ verdict: 'counted', unknown: ['plan'] })).toBe(
      'It would be counted. Its schema does not know plan; that is kept.',
    );
    expect(verdictText({ verdict: 'refused', code: 'NOT_JSON', path: '', message: 'Send JSON.' })).toBe(
      'It would be refused again: NOT_JSON at the whole line. Send JSON.',
    );
    expect(verdictText({ verdict: 'duplicate', unknown: [] })).toContain('has this very event already');
  });
});
