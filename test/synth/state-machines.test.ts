import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { at, synthesize } from './synthesize.ts';

const require = createRequire(import.meta.url);
type Verdict = { readonly isValid: boolean; readonly errors: readonly unknown[] };
const validate: (definition: unknown) => Verdict = require('asl-validator');

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = globSync('statemachines/*.asl.json', { cwd: root }).sort();
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** A definition with what deployment fills in. */
const filledIn = (text: string) =>
  text
    .replace(/\$\{\w+Seconds\}/g, '60')
    .replace(/\$\{\w+FunctionArn\}/g, 'arn:aws:lambda:eu-central-1:111111111111:function:some')
    .replace(/\$\{\w+MachineArn\}/g, 'arn:aws:states:eu-central-1:111111111111:stateMachine:some')
    .replace(/\$\{\w+\}/g, 'some-bucket');

type State = { readonly Type: string; readonly [field: string]: unknown };

/** Every state of a machine with its name, also those inside maps and parallel branches. */
const statesOf = (definition: unknown): [string, State][] => {
  if (typeof definition !== 'object' || definition === null) return [];
  return Object.entries(definition).flatMap(([key, value]) => {
    const own = key === 'States' ? (Object.entries(value) as [string, State][]) : [];
    return [...own, ...statesOf(value)];
  });
};

describe('state machines', () => {
  it('are the period close, the manifest and the price preview', () => {
    expect(files).toEqual([
      'statemachines/manifest.asl.json',
      'statemachines/period-close.asl.json',
      'statemachines/price-preview.asl.json',
    ]);
  });

  describe.each(files)('%s', (file) => {
    const states = statesOf(JSON.parse(textOf(file)));
    const ofType = (...types: string[]) => states.filter(([, { Type }]) => types.includes(Type));

    it('is valid', () => {
      expect(validate(JSON.parse(filledIn(textOf(file)))).errors).toEqual([]);
    });

    it('gives every task a timeout', () => {
      expect(ofType('Task').length).toBeGreaterThan(0);
      for (const [name, state] of ofType('Task')) expect([name, state.TimeoutSeconds]).not.toEqual([name, undefined]);
    });

    it('catches every failure of a task or a map', () => {
      for (const [name, state] of ofType('Task', 'Map', 'Parallel')) {
        const caught = (state.Catch as unknown[] | undefined)?.flatMap((one) => at(one, 'ErrorEquals'));
        expect([name, caught]).toEqual([name, expect.arrayContaining(['States.ALL'])]);
      }
    });

    it('says its states in words', () => {
      for (const [name] of states) expect(name).toMatch(/^[A-Z][a-z]+( [A-Za-z]+)*\??$/);
    });
  });

  it('get everything that they ask for, and nothing that they do not', () => {
    const app = synthesize('dev');
    for (const { Properties } of app.ofType('AWS::StepFunctions::StateMachine')) {
      const file = `statemachines/${String(Properties.StateMachineName).replace('meterbridge-dev-', '')}.asl.json`;
      const asked = new Set([...textOf(file).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
      const given = Object.keys(Properties.DefinitionSubstitutions as object);
      expect([file, given.sort()]).toEqual([file, [...asked].sort()]);
    }
  });

  it('log their failures and are traced', () => {
    for (const { Properties } of synthesize('prod').ofType('AWS::StepFunctions::StateMachine')) {
      expect(at(Properties, 'TracingConfiguration', 'Enabled')).toBe(true);
      expect(at(Properties, 'LoggingConfiguration', 'Level')).toBe('ALL');
      expect(at(Properties, 'LoggingConfiguration', 'IncludeExecutionData')).toBe(false);
    }
  });
});
