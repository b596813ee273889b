import { dev } from './dev.ts';
import { prod } from './prod.ts';
import { stage } from './stage.ts';
import { ENVIRONMENTS, type EnvironmentConfig, type EnvironmentName } from './types.ts';
import { ConfigError, validateConfig } from './validate.ts';

const CONFIGS: Readonly<Record<EnvironmentName, EnvironmentConfig>> = { dev, stage, prod };

const isEnvironment = (name: unknown): name is EnvironmentName => ENVIRONMENTS.some((known) => known === name);

/**
 * The checked configuration of an environment.
 * @throws {ConfigError} for a name that is none, or a configuration that is wrong.
 */
export const configFor = (name: unknown): EnvironmentConfig => {
  if (!isEnvironment(name)) {
    const message = `must be one of ${ENVIRONMENTS.join(', ')}: pass it as "--env dev" (to the CDK CLI: "-c env=dev").`;
    throw new ConfigError(String(name), [{ path: 'env', message }]);
  }
  return validateConfig(CONFIGS[name]);
};
