import type { Draw } from '../../../rating/generate/draw.ts';
import type { Entries, Mutation } from './mutations.ts';
import type { JsonObject } from './tree.ts';
import { BOOK } from './world.ts';

/** What mutations of prices have in common: they choose a price of the book and spoil it. */

/** The prices of the book. */
export const pricesOf = (entries: Entries): JsonObject[] => (entries[BOOK]?.body.prices ?? []) as JsonObject[];
/** The steps of a price. */
export const stepsOf = (price: JsonObject): JsonObject[] => price.steps as JsonObject[];
/** Where a step of that name stands; -1 for nowhere. */
export const indexOf = (price: JsonObject, name: string): number =>
  stepsOf(price).findIndex((step) => step.step === name);
/** Spoils one of the prices that have a step of that name. */
export const withStep =
  (name: string, spoil: (step: JsonObject, price: JsonObject, draw: Draw) => void): Mutation =>
  (entries, draw) => {
    const prices = pricesOf(entries).filter((price) => indexOf(price, name) >= 0);
    if (prices.length === 0) return undefined;
    const price = draw.pick(prices);
    const step = stepsOf(price)[indexOf(price, name)];
    if (step === undefined) return undefined;
    spoil(step, price, draw);
    return BOOK;
  };

/** Spoils one of the prices that fit. */
export const price =
  (fits: (price: JsonObject) => boolean, spoil: (price: JsonObject, draw: Draw) => void): Mutation =>
  (entries, draw) => {
    const prices = pricesOf(entries).filter(fits);
    if (prices.length === 0) return undefined;
    spoil(draw.pick(prices), draw);
    return BOOK;
  };

/** Whether it prices usage. */
export const isMetered = (each: JsonObject): boolean => each.meter !== undefined;
/** Whether it has one of these steps. */
export const has =
  (...names: readonly string[]) =>
  (each: JsonObject): boolean =>
    names.some((name) => indexOf(each, name) >= 0);
/** A list of objects in a field. */
export const list = (holder: JsonObject, name: string): JsonObject[] => holder[name] as JsonObject[];

/** Puts a step where the order of the arithmetic has it, in place of one of its name. */
export const insert = (each: JsonObject, step: JsonObject, first: boolean): void => {
  const steps = stepsOf(each).filter((other) => other.step !== step.step);
  each.steps = first ? [step, ...steps] : [...steps, step];
};
