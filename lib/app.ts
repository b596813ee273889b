import { type App, Aspects, type PolicyValidationPluginReport, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { acknowledgeExceptions } from './config/iam-exceptions.ts';
import { PlatformCondition } from './constructs/platform-condition.ts';
import type { Deployment } from './deployment.ts';
import { ConsoleStack } from './stacks/console-stack.ts';
import { FinanceStack } from './stacks/finance-stack.ts';
import { FoundationStack } from './stacks/foundation-stack.ts';
import { IngestStack } from './stacks/ingest-stack.ts';
import { LedgerStack } from './stacks/ledger-stack.ts';
import { ObservabilityStack } from './stacks/observability-stack.ts';
import { SuccessStack } from './stacks/success-stack.ts';

/** The AwsSolutions checks, with the one list of IAM exceptions acknowledged first. */
export class MeterbridgeChecks extends AwsSolutionsChecks {
  override validateScope(scope: IConstruct): PolicyValidationPluginReport {
    acknowledgeExceptions(scope);
    return super.validateScope(scope);
  }
}

/** All stacks of one deployment, checked when the app is synthesized. */
export const buildMeterbridge = (app: App, deployment: Deployment) => {
  const foundation = new FoundationStack(app, deployment);
  const ingest = new IngestStack(app, deployment, foundation);
  const ledger = new LedgerStack(app, deployment, foundation);
  const finance = new FinanceStack(app, deployment, foundation, ledger);
  const success = new SuccessStack(app, deployment, foundation);
  const parts = { foundation, ingest, ledger, finance, success };
  const console = new ConsoleStack(app, deployment, parts);
  const observability = new ObservabilityStack(app, deployment, { ...parts, console });
  Aspects.of(app).add(new PlatformCondition());
  Validations.of(app).addPlugins(new MeterbridgeChecks(app));
  return { ...parts, console, observability };
};
