import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineOf } from '../../../emitter/line.ts';
import { canonicalJson } from '../../../lambdas/platform/canonical-json.ts';
import { bodyTextIn } from '../../../lambdas/usage/events/canonical-line.ts';
import { eventOf } from '../../unit/emitter/far-side.ts';

describe('the line of an event', () => {
  it('says what the event says, with its names in order, so that it is judged the short way', () => {
    const name = fc.stringMatching(/^[a-zA-Z_é][a-z0-9]{0,3}$/u);
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('x', 'ü', true, null, 1, 12.5),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(name, tie('any'), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(
        fc.dictionary(name, value),
        fc.option(fc.constant('2026-10-05T09:31:00Z'), { nil: undefined }),
        (data, at) => {
          const event = eventOf('org-01', 7, { data, ...(at === undefined ? {} : { recordedtime: at }) });
          const { text } = lineOf(event);
          const parsed = JSON.parse(text) as typeof event;
          expect(parsed).toEqual(JSON.parse(JSON.stringify(event)));
          expect(text).toBe(canonicalJson(event));
          expect(bodyTextIn(text, parsed)).toBe(canonicalJson({ ...event, recordedtime: undefined }));
        },
      ),
    );
  });

  it('writes what knows itself how to be written as that says', () => {
    const data = { at: new Date(0), price: { toJSON: () => '1.50' }, gone: undefined };
    expect(JSON.parse(lineOf(eventOf('a', 1, { data })).text)).toMatchObject({
      data: { at: '1970-01-01T00:00:00.000Z', price: '1.50' },
    });
  });
});
