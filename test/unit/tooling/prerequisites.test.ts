import { describe, expect, it } from 'vitest';
import { sentenceFor } from '../../../scripts/setup/failure.mjs';
import { checkPrerequisites } from '../../../scripts/setup/prerequisites.mjs';

/** A machine on which these commands exist; the value is what Python says of its version, or false without venv. */
const machine = (pythons: Record<string, { version: string; venv?: boolean }>, hasNpm = true) => ({
  nodeVersion: '20.20.2',
  env: {},
  run: (command: string, args: string[]) => {
    if (command === 'npm') return { status: hasNpm ? 0 : null, stdout: '' };
    const python = pythons[command];
    if (python === undefined) return { status: null, stdout: '' };
    if (args[1]?.includes('ensurepip')) return { status: python.venv === false ? 1 : 0, stdout: '' };
    return { status: 0, stdout: `${python.version}\n` };
  },
});

describe('the prerequisites', () => {
  it('are met by Node 20, npm and Python 3.11', () => {
    expect(checkPrerequisites(machine({ python3: { version: '3.11' } }))).toEqual({ python: 'python3' });
  });

  it('find a newer Python beside an old python3', () => {
    const both = machine({ python3: { version: '3.9' }, 'python3.12': { version: '3.12' } });
    expect(checkPrerequisites(both)).toEqual({ python: 'python3.12' });
  });

  it('take the Python that MB_PYTHON names', () => {
    const named = { ...machine({ '/opt/py/python': { version: '3.13' } }), env: { MB_PYTHON: '/opt/py/python' } };
    expect(checkPrerequisites(named)).toEqual({ python: '/opt/py/python' });
  });

  it.each([
    ['an old Node', { ...machine({}), nodeVersion: '18.20.0' }, /^Node 18\.20\.0 is too old: install Node 20 or newer/],
    ['Windows', { ...machine({}), platform: 'win32' }, /^Windows is not supported: .* WSL/],
    ['no npm', machine({}, false), /^npm was not found: install it/],
    ['no Python', machine({}), /^Python 3\.11 or newer was not found .* install it/],
    ['an old Python', machine({ python3: { version: '3.10' } }), /^Python 3\.11 or newer is needed .*python3 is 3\.10/],
    ['Python without venv', machine({ python3: { version: '3.11', venv: false } }), /^python3 has no venv module/],
  ])('say what to do about %s', (_what, lacking, sentence) => {
    expect(() => checkPrerequisites(lacking)).toThrow(sentence);
  });

  it('do not ask for Python where no emulator is needed', () => {
    expect(checkPrerequisites({ ...machine({}), needsPython: false })).toEqual({ python: '' });
  });
});

describe('failures of the machine', () => {
  it.each([
    ['ENOSPC: no space left on device, write', /^The disk is full\. Free about/],
    ['[Errno 28] No space left on device', /^The disk is full/],
    ["EACCES: permission denied, mkdir '.local'", /^This checkout cannot be written to/],
    ['npm error code EAI_AGAIN', /^A package registry could not be reached/],
  ])('%s becomes a sentence', (message, sentence) => {
    expect(sentenceFor(new Error(message))).toMatch(sentence);
  });

  it('leaves other errors as they are', () => {
    expect(sentenceFor(new Error('something else'))).toBe('something else');
  });
});
