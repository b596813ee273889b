import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../../scripts/setup/paths.mjs';

/** Documents name files and commands; these tests keep the names true. */
const documents = ['README.md', 'emitter/README.md', ...globSync('docs/**/*.md', { cwd: root })].sort();

const withoutComments = (text: string): string => text.replaceAll(/<!--[\s\S]*?-->/g, '');
const read = (document: string): string => withoutComments(readFileSync(path.join(root, document), 'utf8'));

/** The anchor that a heading gets on a code host. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');

const anchorsOf = (document: string): ReadonlySet<string> =>
  new Set([...read(document).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));

/** Targets of Markdown links that lead to files of the repository. */
const relativeLinks = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target));

/**
 * Paths in backticks that end like a file of ours. A bare name, a pattern, and what is made at run time (under
 * `.local/` and `dist/`) is no path of the repository.
 */
const pathsInBackticks = (text: string): string[] =>
  [...text.matchAll(/`([^`\s]+\.(?:ts|json|md))`/g)]
    .map(([, name = '']) => name)
    .filter((name) => name.includes('/') && !/[<>*{}$#]/.test(name) && !/^(\.local|dist)\//.test(name));

const scripts = Object.keys(
  (JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts,
);

/** Scripts named as `npm run <name>`, in text and in blocks. */
const namedScripts = (text: string): string[] =>
  [...text.matchAll(/npm run ([a-z][a-z:-]*)/g)].map(([, name = '']) => name);

/** `close approve` of every `npm run ops -- close approve ...`. */
const namedCommands = (text: string): string[] =>
  [...text.matchAll(/npm run ops -- (?:--as [a-z]+ )?([a-z]+ [a-z]+)/g)].map(([, words = '']) => words);

/** The nouns and verbs of the command line, read from its source: to import it is to run it. */
const knownCommands = (): ReadonlySet<string> => {
  const files = ['ops/main.ts', 'ops/usage-commands.ts', 'ops/ledger-commands.ts', 'ops/price-commands.ts'];
  const source = files.map((file) => readFileSync(path.join(root, file), 'utf8')).join('\n');
  const known = new Set<string>();
  let noun = '';
  // A noun is a command of the program itself; the verbs that follow belong to it.
  for (const [, program, word = ''] of source.matchAll(/(program)?\s*\.command\('([a-z]+)/g)) {
    if (program) noun = word;
    else known.add(`${noun} ${word}`);
  }
  return known;
};

describe.each(documents)('%s', (document) => {
  const text = read(document);
  const folder = path.dirname(path.join(root, document));

  it('links to files and headings that exist', () => {
    const broken = relativeLinks(text).filter((target) => {
      const [file = '', anchor] = target.split('#');
      const found = file === '' ? path.join(root, document) : path.join(folder, file);
      if (!existsSync(found)) return true;
      return anchor !== undefined && !anchorsOf(path.relative(root, found)).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names files that exist', () => {
    const missing = pathsInBackticks(text).filter((name) => !existsSync(path.join(root, name)));
    expect(missing).toEqual([]);
  });

  it('names scripts and commands that exist', () => {
    expect(namedScripts(text).filter((name) => !scripts.includes(name))).toEqual([]);
    const commands = knownCommands();
    expect(namedCommands(text).filter((words) => !commands.has(words))).toEqual([]);
  });
});

/** The fields of an exported type, nested ones too, as its source spells them. */
const fieldsOf = (file: string, type: string): string[] => {
  const source = readFileSync(path.join(root, file), 'utf8');
  const body = source.split(`export type ${type} = {`)[1]?.split('\n};')[0] ?? '';
  return [...body.matchAll(/readonly (\w+)\??:/g)].map(([, field = '']) => field);
};

describe('docs/demo.md', () => {
  it.each([
    ['local/demo/report.ts', 'DemoReport'],
    ['local/demo/usage-part.ts', 'UsageTotals'],
    ['local/demo/success-part.ts', 'SuccessOutcome'],
    ['local/demo/close-part.ts', 'CloseOutcome'],
    ['local/demo/checks.ts', 'Check'],
    ['local/sandboxes/netsuite/books.ts', 'BookedDocument'],
    ['local/sandboxes/netsuite/books.ts', 'BookedLine'],
  ])('explains every field of %s %s', (file, type) => {
    const words = new Set(
      [...read('docs/demo.md').matchAll(/`([^`\n]+)`/g)].flatMap(([, name = '']) => name.split(/\W+/)),
    );
    const fields = fieldsOf(file, type);
    expect(fields).not.toEqual([]);
    expect(fields.filter((field) => !words.has(field))).toEqual([]);
  });
});

describe('the check itself', () => {
  it('sees what is wrong', () => {
    expect(relativeLinks('[a](nowhere.md) [b](https://example.com)')).toEqual(['nowhere.md']);
    expect(pathsInBackticks('`lib/nowhere.ts` `config.json` `.local/outputs.json` `closes/<id>/chunks.json`')).toEqual([
      'lib/nowhere.ts',
    ]);
    expect(namedScripts('npm run no-where')).toEqual(['no-where']);
    expect(namedCommands('npm run ops -- dlq list')).toEqual(['dlq list']);
    expect([...knownCommands()]).toEqual(
      expect.arrayContaining(['close start', 'dlq redrive', 'explain line', 'ledger verify']),
    );
    expect(knownCommands().has('close redrive')).toBe(false);
  });

  it('reads the documents that there are', () => {
    expect(documents).toContain('README.md');
    expect(documents.length).toBeGreaterThan(3);
  });
});
