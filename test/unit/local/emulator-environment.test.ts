import { describe, expect, it } from 'vitest';
import { emulatorSetting } from '../../../local/emulator/environment.ts';

describe('the environment of the emulator, which its Lambdas inherit', () => {
  const { environment } = emulatorSetting(4700, {
    PATH: '/usr/bin',
    HOME: '/home/a',
    AWS_PROFILE: 'work',
    AWS_ENDPOINT_URL: 'http://elsewhere',
    NODE_OPTIONS: '--inspect',
    VITEST: 'true',
    npm_config_cache: 'x',
  });

  it('holds nothing of the person’s AWS, npm or test settings', () => {
    const names = Object.keys(environment);
    expect(names.filter((name) => /^(AWS_|npm_|NODE_OPTIONS|VITEST)/.test(name))).toEqual([]);
    expect(environment.HOME).toBe('/home/a');
  });

  it('runs functions on the pinned Node and writes inside the checkout', () => {
    expect(environment.PATH).toMatch(/node_modules\/node\/bin:\/usr\/bin$/);
    for (const name of ['STATE_DIR', 'S3_DATA_DIR', 'TMPDIR']) expect(environment[name]).toContain('/.local/');
  });

  it('binds to 127.0.0.1 on its port', () => {
    expect(environment).toMatchObject({ MINISTACK_HOST: '127.0.0.1', GATEWAY_PORT: '4700', LAMBDA_EXECUTOR: 'local' });
  });
});
