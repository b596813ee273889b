import { describe, expect, it } from 'vitest';
import { mappingFlaws, saysNoRevenue } from '../../../lambdas/catalog/mapping-rules.ts';
import type { Mapping } from '../../../lambdas/catalog/types.ts';
import { exampleMapping } from '../delivery/documents.ts';

const mapping = (expression: string, tables: Mapping['tables'] = {}, over: Partial<Mapping> = {}): Mapping => ({
  id: 'm',
  adapter: 'netsuite',
  kind: 'invoice',
  expression,
  tables,
  ...over,
});
const templates = { 'point-in-time': '1', 'straight-line-day': '2', 'straight-line-month': '3', 'as-used': '4' };
const said = (of: Mapping): string[] => mappingFlaws(of).map(({ path, message }) => `${path}: ${message}`);

describe('what a mapping is checked for when it is published', () => {
  it('the example company’s mappings have no flaw and say when lines become revenue', () => {
    for (const id of ['netsuite-invoice', 'netsuite-credit-memo', 'gainsight-cta']) {
      expect(said(exampleMapping(id))).toEqual([]);
      expect(saysNoRevenue(exampleMapping(id))).toBe(false);
    }
  });

  it('an expression that is none', () => {
    expect(said(mapping('{ "a": '))[0]).toMatch(/^\/expression: is not a JSONata expression: ./);
  });

  it('a table that is not there, wherever it is read', () => {
    const reads = '{"a": [lines.{"b": $table("item", product), "c": $table(kind, $table("class", "x"))}]}';
    expect(said(mapping(reads, { class: {} }))).toEqual([
      '/expression: reads the table "item", which "tables" does not have: add it there, or leave the field out',
    ]);
  });

  it('templates of revenue recognition for some kinds only, or for kinds that are none', () => {
    expect(said(mapping('{}', { revRecSchedule: templates }))).toEqual([]);
    const { 'as-used': _, ...three } = templates;
    expect(said(mapping('{}', { revRecSchedule: { ...three, daily: '5' } }))).toEqual([
      '/tables/revRecSchedule: names no template for "as-used": name one for each of point-in-time, straight-line-day, straight-line-month, as-used; or leave the table and the field out, then dates alone are sent and each item is recognized by its own rule in NetSuite',
      '/tables/revRecSchedule/daily: "daily" is not how a line is recognized; there are point-in-time, straight-line-day, straight-line-month, as-used',
    ]);
  });

  it('documents of NetSuite that say nothing of revenue', () => {
    const silent = '{"item": [lines.{"amount": amount, "revenue": 1}]}';
    expect(saysNoRevenue(mapping(silent))).toBe(true);
    expect(saysNoRevenue(mapping(silent, {}, { kind: 'credit-memo' }))).toBe(true);
    expect(saysNoRevenue(mapping(silent, {}, { kind: 'cta' }))).toBe(false);
    expect(saysNoRevenue(mapping(silent, {}, { adapter: 'gainsight' }))).toBe(false);
    expect(saysNoRevenue(mapping('{"item": [lines.revenue.{"from": from}]}'))).toBe(false);
  });
});
