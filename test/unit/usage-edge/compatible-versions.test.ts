import { describe, expect, it, vi } from 'vitest';
import { isNewest, newestOf, upcast } from '../../../lambdas/usage/events/upcasters.ts';
import { event } from './events.ts';

/** A registry in which no upcaster leads from one version to the next, so that each is compatible with the one before. */
vi.mock('../../../lambdas/usage/events/event-validators.generated.js', () => {
  const versionOf = (version: string) => ({
    type: 'com.example.calls',
    version,
    fields: ['calls'],
    validate: () => true,
  });
  const address = 'https://schemas.example/com.example.calls';
  const versions = ['1', '2', '10'].map((version) => [`${address}/${version}`, versionOf(version)]);
  return { registeredSchemas: Object.fromEntries(versions) };
});

const address = 'https://schemas.example/com.example.calls';
const calls = (version: number) =>
  event({ type: 'com.example.calls', dataschema: `${address}/${version}`, data: { calls: 3, drift: true } });

describe('a version that is compatible with the one before it', () => {
  it('needs no upcaster: older data is read under its address', () => {
    expect(upcast(calls(1))).toEqual(calls(10));
    expect(upcast(calls(2))).toEqual(calls(10));
    expect(upcast(calls(10))).toEqual(calls(10));
  });

  it('is the only newest one', () => {
    expect([1, 2, 10].map((version) => newestOf(`${address}/${version}`))).toEqual(Array(3).fill(`${address}/10`));
    expect([1, 2, 10].map((version) => isNewest(`${address}/${version}`))).toEqual([false, false, true]);
  });
});
