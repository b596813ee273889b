import type { ArithmeticNode } from '../../lambdas/rating/types.ts';
import { type Outcome, passed } from './case-file.ts';

const tree = (node: ArithmeticNode, depth: number): string[] => [
  `${'  '.repeat(depth)}${node.text}${node.step === 'bill' ? ` = ${node.result}` : ''}`,
  ...node.children.flatMap((child) => tree(child, depth + 1)),
];

const head = ({ id, system, title }: Outcome): string => `${id} (${system}): ${title}`;

const failure = (outcome: Extract<Outcome, { result: unknown }>): string[] => {
  const { result, worked } = outcome;
  if ('error' in result) return [`FAILED ${head(outcome)}`, `  ${result.error.name}: ${result.error.message}`];
  const wrong = result.figures.filter(({ holds }) => !holds);
  return [
    `FAILED ${head(outcome)}`,
    ...wrong.map(({ figure, actual }) => `  ${figure.name}: expected ${figure.expected}, got ${actual}`),
    `  under the policy ${worked.profile}:`,
    ...result.arithmetic.flatMap((node) => tree(node, 2)),
  ];
};

/** What a person reads of the cases of a file: what failed and why, what cannot be expressed, what to know. */
export const reportOf = (outcomes: readonly Outcome[]): string[] =>
  outcomes.flatMap((outcome) => {
    if ('cannot' in outcome) return [`CANNOT EXPRESS ${head(outcome)}`, `  ${outcome.cannot}`];
    const remarks = (outcome.worked.remarks ?? []).map((remark) => `NOTE ${outcome.id}: ${remark}`);
    return passed(outcome) ? remarks : [...failure(outcome), ...remarks];
  });
