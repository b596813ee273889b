import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cruise } from 'dependency-cruiser';
import configuration from '../.dependency-cruiser.mjs';
import { root } from './setup/paths.mjs';

const folders = ['bin', 'lib', 'lambdas', 'emitter', 'console', 'ops', 'local', 'bench', 'test', 'scripts'];

export type Boundaries = { modules: number; violations: string[] };

/**
 * Imports that the boundaries refuse, as sentences. `least` says how many modules of ours must have been seen: a
 * parser that does not understand TypeScript sees none and finds nothing wrong.
 */
export const refusedImports = async ({ directory = root, least = 50 } = {}): Promise<Boundaries> => {
  const { forbidden = [], options } = configuration;
  const present = folders.filter((folder) => existsSync(path.join(directory, folder)));
  const { output } = await cruise(present, {
    ...options,
    baseDir: directory,
    validate: true,
    ruleSet: { forbidden },
  });
  if (typeof output === 'string') throw new Error('dependency-cruiser answered with text instead of its result.');
  const comments = new Map(forbidden.map(({ name, comment }) => [name, comment]));
  const modules = output.modules.filter(
    ({ source }) => !source.includes('node_modules') && /\.[mc]?[jt]sx?$/.test(source),
  );
  const violations = output.summary.violations
    .filter(({ rule }) => rule.severity === 'error')
    .map(({ rule, from, to }) => `${from} → ${to}: ${rule.name}. ${comments.get(rule.name)}`);
  if (modules.length < least) {
    violations.push(
      `Only ${modules.length} modules were seen, fewer than ${least}: the check is blind (is @swc/core installed?).`,
    );
  }
  return { modules: modules.length, violations };
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { modules, violations } = await refusedImports();
  for (const line of violations) console.error(line);
  console.log(`${modules} modules, ${violations.length} refused imports`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
