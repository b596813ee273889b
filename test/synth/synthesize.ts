import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildMeterbridge, MeterbridgeChecks } from '../../lib/app.ts';
import { configFor } from '../../lib/config/index.ts';
import type { EnvironmentConfig } from '../../lib/config/types.ts';

/** A resource of a template; properties are as CloudFormation has them. */
export type Resource = {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
};

/** A resource with the stack and the logical id it is found by. */
export type Found = Resource & { readonly stack: string; readonly id: string };

export type Template = {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
};

const readJson = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));

/** Synthesizes the app of an environment as the CLI does, but with code in place of bundles; or of a changed configuration. */
export const synthesize = (environment: string, config: EnvironmentConfig = configFor(environment)) => {
  const app = new App({ context: readJson('cdk.json').context });
  const stacks = buildMeterbridge(app, {
    config,
    bundleOf: (functionId) => Code.fromInline(`export const handler = async () => '${functionId}';`),
  });
  const assembly = app.synth();
  const templates: Record<string, Template> = Object.fromEntries(
    assembly.stacks.map((artifact) => [artifact.id, artifact.template]),
  );
  const resources: Found[] = Object.entries(templates).flatMap(([stack, template]) =>
    Object.entries(template.Resources).map(([id, resource]) => ({ ...resource, stack, id })),
  );
  return {
    stacks,
    templates,
    resources,
    protectedStacks: assembly.stacks.filter((artifact) => artifact.terminationProtection).map(({ id }) => id),
    /** What cdk-nag finds that nobody acknowledged. */
    findings: () =>
      new MeterbridgeChecks(app)
        .validateScope(app)
        .violations.flatMap(({ ruleName, violatingResources }) =>
          violatingResources.map(
            ({ constructPath, resourceLogicalId }) => `${ruleName}: ${constructPath ?? resourceLogicalId}`,
          ),
        ),
    ofType: (type: string): Found[] => resources.filter((resource) => resource.Type === type),
  };
};

/** A property's nested value, e.g. `at(resource, 'RedrivePolicy', 'deadLetterTargetArn')`; `undefined` where absent. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );

/** The logical id that a `Ref` or `Fn::GetAtt` names. */
export const refersTo = (value: unknown): unknown => at(value, 'Ref') ?? at(value, 'Fn::GetAtt', 0);

/** The headings of the runbook with the text below each. */
export const runbook = (): Map<string, string> => {
  const text = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
  return new Map(
    text
      .split(/^### /m)
      .slice(1)
      .map((section) => {
        const [heading = '', ...body] = section.split('\n');
        return [heading.trim(), body.join('\n')];
      }),
  );
};
