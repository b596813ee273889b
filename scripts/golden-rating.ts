/**
 * `node scripts/golden-rating.ts`: keeps what the engine of today rates as `test/golden/rating/format-2.jsonl`, for every
 * later engine to rate again. It never changes a file that is there: what was rated once stays. A new format of a line
 * gets a file of its own, so this script is run once per format, when the format is settled.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { rate } from '../lambdas/rating/rate.ts';
import type { Opening, RateInput, RateResult } from '../lambdas/rating/types.ts';
import type { Case } from '../test/rating/generate/case.ts';
import { cases } from '../test/rating/generate/cases.ts';
import { MUST_REACH, reachedBy } from '../test/rating/generate/reached.ts';
import { root } from './setup/paths.mjs';

/** Each step, option and situation is in so many cases, unless so many tries do not find them. */
const TIMES = 2;
const TRIES = 20_000;
const SEED = 20_261_126;

/** Cases that reach everything that must be reached, taken as they come. */
const chosen = (): Case[] => {
  const left = new Map(MUST_REACH.map((name) => [name, TIMES]));
  return fc.sample(cases, { numRuns: TRIES, seed: SEED }).filter((each) => {
    const news = [...reachedBy(each)].filter((name) => (left.get(name) ?? 0) > 0);
    if (news.length === 0 || ratingsOf(each) === undefined) return false;
    for (const name of news) left.set(name, (left.get(name) ?? 0) - 1);
    return true;
  });
};

type Rating = { readonly input: RateInput; readonly result: RateResult };

/** The periods of a case one after the other, each opened by what the one before left; nothing if one is refused. */
const ratingsOf = ([first, ...rest]: Case): Rating[] | undefined => {
  const ratings: Rating[] = [];
  let opening: Opening = first.opening;
  try {
    for (const period of [first, ...rest]) {
      const input: RateInput = { ...period, opening };
      const result = rate(input);
      ratings.push({ input, result });
      opening = result.closing;
    }
  } catch {
    return undefined;
  }
  return ratings;
};

const file = path.join(root, 'test/golden/rating/format-2.jsonl');
if (existsSync(file)) {
  console.error(`✖ ${file} is there: what was rated once is not changed`);
  process.exitCode = 1;
} else {
  const lines = chosen().flatMap((each, n) =>
    (ratingsOf(each) ?? []).map((rating, period) =>
      JSON.stringify({ name: `generated ${n}, period ${period + 1}`, ...rating }),
    ),
  );
  writeFileSync(file, `${lines.join('\n')}\n`);
  console.log(`${lines.length} ratings kept in ${file}`);
}
