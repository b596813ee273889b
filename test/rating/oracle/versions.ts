import { shareOf } from './calendar.ts';
import type { Given, Span } from './given.ts';
import { ONE, type Rational } from './rational.ts';

type Covered = { readonly given: Given; readonly part: Span };

/** The share of the period that the contract covers, in the unit of the policy. */
export const coveredShare = ({ part, given: { period, policy, contract } }: Covered): Rational =>
  part.start === period.start && part.end === period.end
    ? ONE
    : shareOf(part, period, policy.prorationUnit, contract.anchorDay);

/** What is whole however little of the period is covered, but shared by the versions of an amended contract. */
export const sharedByVersions = (amount: Rational, scene: Covered): Rational =>
  scene.given.part === undefined ? amount : amount.times(coveredShare(scene));
