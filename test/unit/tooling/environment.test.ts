import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { taskEnvironment, withOwnHome } from '../../../scripts/setup/environment.mjs';
import { localDirectory } from '../../../scripts/setup/paths.mjs';

describe("a task's environment", () => {
  const inherited = { HOME: '/home/a', PATH: '/usr/bin', XDG_CACHE_HOME: '/home/a/.cache' };

  it('keeps every cache and temporary folder inside the checkout', () => {
    const environment = taskEnvironment(inherited);
    for (const name of ['TMPDIR', 'XDG_CACHE_HOME', 'npm_config_cache', 'PIP_CACHE_DIR', 'CDK_HOME']) {
      expect(path.relative(localDirectory, environment[name] ?? '/')).not.toMatch(/^\.\./);
    }
  });

  it("installs with the person's own settings, and works in a home of its own", () => {
    expect(taskEnvironment(inherited).HOME).toBe('/home/a');
    expect(withOwnHome(taskEnvironment(inherited)).HOME).toBe(path.join(localDirectory, 'home'));
  });
});
