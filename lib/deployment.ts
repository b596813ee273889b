import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { EnvironmentConfig } from './config/types.ts';

/** What every stack and construct of one deployment is told. */
export type Deployment = {
  readonly config: EnvironmentConfig;
  /** The code of a function, built beforehand. */
  readonly bundleOf: (functionId: string) => Code;
  /** The AWS account, where known; without it the templates fit any. */
  readonly account?: string | undefined;
};

/** The name of a thing of this deployment that operators meet, e.g. `meterbridge-prod-netsuite`. */
export const nameOf = (deployment: Deployment, thing: string): string =>
  `meterbridge-${deployment.config.name}-${thing}`;
