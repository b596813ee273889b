import type { Fate, SandboxRequest } from './http.ts';

/**
 * What a sandbox is told to do wrong. Before or after the effect makes the difference that matters: after it the
 * document exists although the caller was told otherwise.
 */
export type Misbehaviour = {
  /**
   * `status`: answers that status; `timeout`: says nothing until the caller gives up; `drop`: cuts the connection;
   * `throttle`: 429 as the vendor words it; `closed-period`: as if the period were closed (ERP only);
   * `expire-tokens`: every token given out so far is void (ERP only); `refuse-key`: as if the key were wrong.
   */
  readonly kind: 'status' | 'timeout' | 'drop' | 'throttle' | 'closed-period' | 'expire-tokens' | 'refuse-key';
  /** For `status`; default 500. */
  readonly status?: number;
  /** For `status`, `timeout`, `drop`; default `before`. */
  readonly effect?: 'before' | 'after';
  /** How many requests are treated so; default 1. */
  readonly times?: number;
  /** How many matching requests pass first; default 0. */
  readonly skip?: number;
  /** Text that must be in `METHOD /path` or in the body; default: every write. */
  readonly match?: string;
};

/** The list of what was ordered, in order; the first that matches a request is used up by one. */
export type Misbehaviours = {
  order(rule: Misbehaviour): void;
  clear(): void;
  take(request: SandboxRequest, isWrite: boolean): Misbehaviour | undefined;
  /** What still waits to happen. */
  waiting(): Misbehaviour[];
};

const KINDS = ['status', 'timeout', 'drop', 'throttle', 'closed-period', 'expire-tokens', 'refuse-key'];

/** Checks a rule that came over HTTP. @throws {RangeError} saying what is wrong with it. */
export const checkRule = (value: unknown): Misbehaviour => {
  const rule = value as Misbehaviour;
  if (typeof rule !== 'object' || rule === null || !KINDS.includes(rule.kind)) {
    throw new RangeError(`a misbehaviour is {"kind": ${KINDS.map((kind) => `"${kind}"`).join(' | ')}, ...}`);
  }
  return rule;
};

export const misbehaviours = (): Misbehaviours => {
  let rules: { rule: Misbehaviour; skip: number; times: number }[] = [];
  return {
    order: (rule) => {
      rules.push({ rule, skip: rule.skip ?? 0, times: rule.times ?? 1 });
    },
    clear: () => {
      rules = [];
    },
    take: (request, isWrite) => {
      const fits = (match: string | undefined) =>
        match === undefined
          ? isWrite
          : `${request.method} ${request.path}`.includes(match) || request.body.includes(match);
      const found = rules.find(({ rule }) => fits(rule.match));
      if (found === undefined) return undefined;
      if (found.skip > 0) {
        found.skip -= 1;
        return undefined;
      }
      found.times -= 1;
      if (found.times <= 0) rules = rules.filter((entry) => entry !== found);
      return found.rule;
    },
    waiting: () => rules.map(({ rule, skip, times }) => ({ ...rule, skip, times })),
  };
};

/** Runs `effect` as ordered: not at all, or with its answer lost. `undefined`: the rule is the vendor's own affair. */
export const carryOut = async (rule: Misbehaviour, effect: () => Promise<Fate>): Promise<Fate | undefined> => {
  if (rule.kind !== 'status' && rule.kind !== 'timeout' && rule.kind !== 'drop') return undefined;
  if (rule.effect === 'after') await effect();
  if (rule.kind === 'timeout') return 'silence';
  if (rule.kind === 'drop') return 'cut';
  return { status: rule.status ?? 500, headers: { 'content-type': 'text/html' }, body: 'The service is unavailable.' };
};
