import { readFileSync } from 'node:fs';
import type { PublishedCase } from './published/case-format.ts';
import { CannotExpress } from './published/reader.ts';
import { translate } from './published/translate.ts';
import { type CaseResult, runCase } from './run-case.ts';
import type { WorkedCase } from './worked-case.ts';

/** What became of one case of a file. */
export type Outcome = { readonly id: string; readonly system: string; readonly title: string } & (
  | { readonly worked: WorkedCase; readonly result: CaseResult }
  | { readonly cannot: string }
);

/** Whether all figures of a case hold. */
export const passed = (outcome: Outcome): boolean =>
  'result' in outcome && 'holds' in outcome.result && outcome.result.holds;

const workedCase = (entry: WorkedCase | PublishedCase): WorkedCase | { readonly cannot: string } => {
  if ('bills' in entry) return entry;
  try {
    return translate(entry);
  } catch (error) {
    // A case that is no case at all (a parameter of another type) is not the end of the others.
    if (error instanceof CannotExpress) return { cannot: error.message };
    return { cannot: `${error instanceof Error ? `${error.name}: ${error.message}` : error}` };
  }
};

const outcomeOf = (entry: WorkedCase | PublishedCase): Outcome => {
  const { id, system } = entry;
  const title = 'bills' in entry ? entry.title : entry.description;
  const worked = workedCase(entry);
  if ('cannot' in worked) return { id, system, title, cannot: worked.cannot };
  return { id, system, title, worked, result: runCase(worked) };
};

/**
 * The cases of a file: `{"cases": [...]}`, each in the project's own words (with `bills`) or in the published format
 * (with `priceModel` and `params`).
 * @throws if the file cannot be read or has no cases.
 */
export const readCases = (file: string | URL): (WorkedCase | PublishedCase)[] => {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof content !== 'object' || content === null || !('cases' in content) || !Array.isArray(content.cases)) {
    throw new Error(`${file} has no "cases": it must be {"cases": [...]}`);
  }
  return content.cases;
};

/** Rates every case with the rating library, each under the profile of its system. */
export const runCases = (cases: readonly (WorkedCase | PublishedCase)[]): Outcome[] => cases.map(outcomeOf);
