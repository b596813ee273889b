import { readFileSync } from 'node:fs';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { type PreviewStep, runPreviewStep } from '../../../lambdas/preview/preview-steps.ts';
import { catalogOf, closeAll, makeWorld } from '../close/close-world.ts';
import { askPreview, callsAt } from './preview-world.ts';

/** The machine itself, walked with the steps as its function: what one state hands to the next is tried, not assumed. */
type State = {
  readonly Type: 'Task' | 'Choice' | 'Map' | 'Pass' | 'Succeed' | 'Fail';
  readonly Next?: string;
  readonly Arguments?: { readonly Payload: Readonly<Record<string, string>> | string };
  readonly Output?: string;
  readonly Catch?: readonly { readonly Output?: string; readonly ResultPath?: string; readonly Next: string }[];
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Default?: string;
  readonly Error?: string;
  readonly ItemReader?: { readonly Parameters: Readonly<Record<string, string>> };
  readonly ItemSelector?: Readonly<Record<string, string>>;
  readonly ItemProcessor?: Machine;
};
type Machine = { readonly StartAt: string; readonly States: Readonly<Record<string, State>> };
type Json = Readonly<Record<string, unknown>>;

const MACHINE = JSON.parse(
  readFileSync(new URL('../../../statemachines/price-preview.asl.json', import.meta.url), 'utf8'),
) as Machine;

const evaluate = async (text: string, states: Json): Promise<unknown> => {
  const expression = /^\{% (.*) %\}$/s.exec(text)?.[1];
  return expression === undefined ? text : jsonata(expression).evaluate({}, { states });
};
/** `$.jobId` of an input, `$$.Map.Item.Value.chunk` of an item. */
const pathOf = (text: string, input: Json, item: Json): unknown => {
  const [root, parts] = text.startsWith('$$.Map.Item.Value')
    ? [item, text.split('.').slice(4)]
    : [input, text.split('.').slice(1)];
  return parts.reduce<unknown>((value, name) => (value as Json)[name], root);
};

type Call = (step: PreviewStep) => Promise<unknown>;

const walk = async (machine: Machine, first: Json, call: Call, read: (key: string) => Promise<Json[]>) => {
  const visited: string[] = [];
  const inner: string[] = [];
  let [name, input]: [string, Json] = [machine.StartAt, first];
  for (let state = machine.States[name]; state !== undefined; state = machine.States[name]) {
    visited.push(name);
    if (state.Type === 'Succeed') return { visited, inner, ended: 'well' as const };
    if (state.Type === 'Fail') return { visited, inner, ended: String(await evaluate(state.Error ?? '', { input })) };
    if (state.Type === 'Choice') {
      const chosen = await evaluate(state.Choices?.[0]?.Condition ?? '', { input });
      name = (chosen === true ? state.Choices?.[0]?.Next : state.Default) ?? '';
      continue;
    }
    if (state.Type === 'Pass') {
      [name, input] = [state.Next ?? '', (await evaluate(state.Output ?? '', { input })) as Json];
      continue;
    }
    if (state.Type === 'Map') {
      const items = await read(String(pathOf(state.ItemReader?.Parameters['Key.$'] ?? '', input, {})));
      for (const item of items) {
        const given = Object.fromEntries(
          Object.entries(state.ItemSelector ?? {}).map(([field, text]) =>
            field.endsWith('.$') ? [field.slice(0, -2), pathOf(text, input, item)] : [field, text],
          ),
        );
        if (state.ItemProcessor !== undefined) {
          const run = await walk(state.ItemProcessor, given, call, read);
          inner.push(`${run.visited.at(-1)}`);
        }
      }
      name = state.Next ?? '';
      continue;
    }
    const { Payload } = state.Arguments ?? { Payload: '' };
    try {
      const payload =
        typeof Payload === 'string'
          ? await evaluate(Payload, { input })
          : Object.fromEntries(
              await Promise.all(
                Object.entries(Payload).map(async ([field, text]) => [field, await evaluate(text, { input })]),
              ),
            );
      const result = { Payload: await call(payload as PreviewStep) };
      input = (await evaluate(state.Output ?? '', { input, result })) as Json;
      if (state.Next === undefined) return { visited, inner, ended: 'well' as const };
      name = state.Next;
    } catch (error) {
      const errorOutput = { Error: 'States.TaskFailed', Cause: error instanceof Error ? error.message : '' };
      const caught = state.Catch?.[0];
      input = (await evaluate(caught?.Output ?? '', { input, errorOutput })) as Json;
      name = caught?.Next ?? '';
    }
  }
  throw new Error(`there is no state ${name}`);
};

const house = async (accounts?: readonly string[]) => {
  const world = makeWorld(catalogOf());
  world.usage.set('org-a1', '1100');
  await closeAll(world);
  const asked = await askPreview(world, callsAt('0.05'), accounts === undefined ? {} : { accounts });
  const read = async (key: string): Promise<Json[]> => JSON.parse((await world.files.getText(key)) ?? '[]') as Json[];
  const run = (call: Call = (step) => runPreviewStep(asked.ports, step)) =>
    walk(MACHINE, { jobId: asked.jobId }, call, read);
  return { ...asked, run };
};

describe('the machine of price previews', () => {
  it('plans, rates every chunk and makes the report', async () => {
    const { run, jobs, jobId } = await house();
    const { visited, ended } = await run();
    expect(ended).toBe('well');
    expect(visited).toEqual([
      'Choose what to rate',
      'Is there anything to rate?',
      'Rate every account again',
      'Make the report',
      'Is the report made?',
      'Preview done',
    ]);
    expect(await jobs.get(jobId)).toMatchObject({ state: 'done', result: { accounts: 3, winners: 1 } });
  });

  it('ends in the job’s own words where there is nothing to rate', async () => {
    const { run, jobs, jobId } = await house(['nobody']);
    expect(await run()).toMatchObject({ ended: 'NOTHING_TO_PREVIEW' });
    expect(await jobs.get(jobId)).toMatchObject({ state: 'failed', message: expect.stringContaining('No contract') });
  });

  it('goes on where a chunk failed, refuses the report, and finds the rest done when it is resumed', async () => {
    const { run, jobs, jobId, ports } = await house();
    const broken = await run((step) =>
      step.step === 'rate' ? Promise.reject(new Error('no answer')) : runPreviewStep(ports, step),
    );
    expect(broken).toMatchObject({ ended: 'NOT_ALL_RATED', inner: ['Chunk not rated'] });
    expect((await jobs.get(jobId))?.state).toBe('failed');
    expect(await run()).toMatchObject({ ended: 'well' });
    expect((await jobs.get(jobId))?.state).toBe('done');
  });

  it('records what the house could not do', async () => {
    const { run, jobs, jobId, ports } = await house();
    const ended = await run((step) =>
      step.step === 'plan' ? Promise.reject(new Error('the table is gone')) : runPreviewStep(ports, step),
    );
    expect(ended.visited.slice(-2)).toEqual(['Record the failure', 'Preview failed']);
    expect(await jobs.get(jobId)).toMatchObject({ state: 'failed', message: 'the table is gone (States.TaskFailed)' });
  });
});
