import { describe, expect, it } from 'vitest';
import type { Mapping } from '../../../lambdas/catalog/types.ts';
import { MappingError, mapPayload } from '../../../lambdas/delivery/mapping.ts';
import { creditMemo, depositApplication, exampleMapping, invoiceDocument, splitDocument } from './documents.ts';

const mapping = (expression: string, tables: Mapping['tables'] = {}): Mapping => ({
  id: 'm',
  adapter: 'netsuite',
  kind: 'invoice',
  expression,
  tables,
});
const failing = async (expression: string, input: unknown = {}): Promise<MappingError> => {
  const error: unknown = await mapPayload(mapping(expression), input).catch((caught: unknown) => caught);
  if (!(error instanceof MappingError)) throw new Error(`no MappingError: ${String(error)}`);
  return error;
};

describe('mapPayload', () => {
  it('writes decimals as number tokens, digit for digit', async () => {
    const amounts = ['7.50', '0.1', '123456789012345678901234567890.123456789012', '-0.00', '10'];
    const { payload } = await mapPayload(mapping('{"a": [amounts.{"$decimal": $}]}'), { amounts });
    expect(payload).toBe('{"a":[7.50,0.1,123456789012345678901234567890.123456789012,-0.00,10]}');
  });

  it('gives the same text and hash whatever the order of fields', async () => {
    const one = await mapPayload(mapping('{"b": 1, "a": {"d": "x", "c": true}}'), {});
    const other = await mapPayload(mapping('{"a": {"c": true, "d": "x"}, "b": 1}'), {});
    expect(one).toEqual(other);
    expect(one.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('names table and key of a missing entry', async () => {
    const error = await mapPayload(mapping('{"i": $table("item", "x")}', { item: { y: '1' } }), {}).catch((e) => e);
    expect(error).toMatchObject({
      code: 'missing-mapping',
      table: 'item',
      key: 'x',
      message: 'mapping m: table "item" has no entry for "x"',
    });
    expect(await failing('{"i": $table("constructor", "name")}')).toMatchObject({ code: 'missing-mapping' });
  });

  it.each([
    ['a number computed in binary', '{"a": 0.1 + 0.2}', /\$\.a is the computed number/],
    ['a decimal that is a number', '{"a": {"$decimal": 7.5}}', /\$\.a has a \$decimal that is not text/],
    ['a decimal that is no number', '{"a": {"$decimal": "1e5"}}', /"1e5" is not a plain decimal/],
    ['a decimal with leading zeros', '{"a": {"$decimal": "007"}}', /"007" is not a plain decimal/],
    ['a function', '{"a": $table}', /\$\.a is a function|JSON/],
    ['no object', '"text"', /does not give an object/],
    ['an expression that is none', '{"a": ', /mapping m: /],
    ['an error in the expression', '$error("no such luck")', /no such luck/],
  ])('refuses %s', async (_, expression, reason) => {
    const error = await failing(expression);
    expect(error.code).toBe('bad-mapping');
    expect(error.message).toMatch(reason);
  });

  it('turns the sign of a text round without computing', async () => {
    const texts = ['-4.50', '4.50', '0', '0.00', '-0.0'];
    const { payload } = await mapPayload(mapping('{"a": [texts.$negate($)]}'), { texts });
    expect(payload).toBe('{"a":["4.50","-4.50","0","0.00","0.0"]}');
  });
});

describe('the example company’s mappings', () => {
  it('makes an invoice', async () => {
    const { payload } = await mapPayload(exampleMapping('netsuite-invoice'), invoiceDocument);
    expect(payload).toBe(
      '{"currency":{"refName":"USD"},"entity":{"id":"614"},"externalId":"mb-acct-01-20261001-invoice-1USD-0",' +
        '"item":{"items":[{"amount":1230.06,"description":"API calls above 100,000","item":{"id":"502"},"quantity":120000.123456789012,' +
        '"revRecEndDate":"2026-10-31","revRecSchedule":{"id":"4"},"revRecStartDate":"2026-10-01"},' +
        '{"amount":4.50,"description":"AI summaries","item":{"id":"501"},"quantity":3,' +
        '"revRecEndDate":"2026-10-31","revRecSchedule":{"id":"4"},"revRecStartDate":"2026-10-01"}]},' +
        '"memo":"Usage 2026-10-01 to 2026-10-31","subsidiary":{"id":"1"},"tranDate":"2026-10-31"}',
    );
  });

  it('makes a list of one line a list', async () => {
    const one = { ...invoiceDocument, lines: invoiceDocument.lines.slice(0, 1) };
    const { payload } = await mapPayload(exampleMapping('netsuite-invoice'), one);
    expect(payload).toContain('"items":[{');
  });

  it('makes a credit memo with its signs turned, which names what it corrects', async () => {
    const { payload } = await mapPayload(exampleMapping('netsuite-credit-memo'), creditMemo);
    expect(payload).toContain('"amount":4.50');
    expect(payload).toContain('"quantity":3');
    expect(payload).toContain('"memo":"Usage 2026-10-01 to 2026-10-31, corrects mb-acct-01-20261001-invoice-1USD-0"');
  });

  it('makes an item line of each part of revenue, with its days and the template of its kind', async () => {
    const { payload } = await mapPayload(exampleMapping('netsuite-invoice'), splitDocument);
    const { item } = JSON.parse(payload) as { item: { items: Record<string, unknown>[] } };
    expect(
      item.items.map(({ amount, revRecStartDate, revRecEndDate }) => [amount, revRecStartDate, revRecEndDate]),
    ).toEqual([
      [200, '2026-10-12', '2026-10-31'],
      [100, '2026-11-01', '2026-11-11'],
      [-10, '2026-10-12', '2026-11-11'],
      [1000, '2026-11-12', '2026-12-11'],
      [10, '2026-10-12', '2026-10-12'],
    ]);
    expect(item.items.map(({ revRecSchedule }) => revRecSchedule)).toEqual(
      ['4', '4', '3', '2', '1'].map((id) => ({ id })),
    );
    expect(item.items.map(({ description }) => description)).toEqual([
      'API calls, 2026-10-12 to 2026-10-31',
      'API calls, 2026-11-01 to 2026-11-11',
      'Platform fee, 2026-10-12 to 2026-11-11',
      'Platform fee, 2026-11-12 to 2026-12-11',
      'Setup',
    ]);
  });

  it('says on the document what prepaid credit a person has to apply', async () => {
    const payment = { contract: 'c', credit: 'p', description: 'Prepaid' };
    const memoOf = async (mapping: string, payments?: unknown): Promise<unknown> => {
      const document = mapping === 'netsuite-invoice' ? invoiceDocument : creditMemo;
      return (
        JSON.parse((await mapPayload(exampleMapping(mapping), { ...document, payments })).payload) as { memo: string }
      ).memo;
    };
    const usage = 'Usage 2026-10-01 to 2026-10-31';
    expect(await memoOf('netsuite-invoice', [{ ...payment, amount: '5.00', deposit: '1', appliedBy: 'deposit' }])).toBe(
      usage,
    );
    expect(
      await memoOf('netsuite-invoice', [
        { ...payment, amount: '5.00', appliedBy: 'hand' },
        { ...payment, amount: '-2.50', appliedBy: 'hand' },
      ]),
    ).toBe(
      `${usage}; prepaid credit "Prepaid" pays 5.00 USD: apply by hand; prepaid credit "Prepaid" gets back 2.50 USD: apply by hand`,
    );
    expect(await memoOf('netsuite-credit-memo', [{ ...payment, amount: '-4.50', appliedBy: 'hand' }])).toContain(
      'gets back 4.50 USD: apply by hand',
    );
  });

  it('makes the application of a deposit, which names its invoice by our id', async () => {
    const { payload } = await mapPayload(exampleMapping('netsuite-payment'), depositApplication);
    expect(payload).toBe(
      '{"apply":{"items":[{"amount":600.10,"apply":true,"doc":{"externalId":"mb-acct-01-20261001-invoice-1USD-0"}}]},' +
        '"deposit":{"id":"901"},"externalId":"mb-acct-01-20261001-invoice-1USD-0-pay-0123456789",' +
        '"memo":"Prepaid, contract contract-01","tranDate":"2026-10-31"}',
    );
  });

  it('stops at a product that has no item', async () => {
    const [line] = invoiceDocument.lines;
    const input = { ...invoiceDocument, lines: [{ ...line, product: 'teleport' }] };
    const error = await mapPayload(exampleMapping('netsuite-invoice'), input).catch((e) => e);
    expect(error).toMatchObject({ code: 'missing-mapping', table: 'item', key: 'teleport' });
  });
});
