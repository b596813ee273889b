import { covered, nextPeriod, yearEnd, yearStart } from './calendar.ts';
import { coveredShare } from './charge.ts';
import type { Credit, Given, Opening, Span } from './given.ts';
import { type Line, roundAmount } from './line.ts';
import { HUNDRED, least, most, NOTHING, ONE, Rational, total } from './rational.ts';

const amountOf = (lines: readonly Line[]): Rational => total(lines.map((line) => line.amount));

/** The lines of a contract so far, and what is left of each for discounts and credits. */
export class Bill {
  readonly given: Given;
  readonly part: Span;
  readonly lines: Line[];
  /** What each line still costs after discounts and credits. */
  readonly left: Map<Line, Rational>;

  constructor(given: Given, part: Span, lines: readonly Line[]) {
    this.given = given;
    this.part = part;
    this.lines = [...lines];
    this.left = new Map(lines.map((line) => [line, line.amount]));
  }

  /** A line of the contract itself. */
  add(item: string, amount: Rational, note: string, metered = false): Line | undefined {
    const rounded = roundAmount(amount, this.given);
    if (rounded.isZero()) return undefined;
    const line: Line = {
      item,
      dimensions: {},
      start: this.part.start,
      end: this.part.end,
      metered,
      quantity: ONE,
      amount: rounded,
      notes: [note, `rounded ${rounded}`],
    };
    this.lines.push(line);
    return line;
  }

  /** The lines of these items; all where none are named. */
  of(items: readonly string[] | undefined): Line[] {
    return [...this.left.keys()].filter((line) => items?.includes(line.item) ?? true);
  }

  leftOf(lines: readonly Line[]): Rational {
    return total(lines.map((line) => this.left.get(line) ?? NOTHING));
  }

  /** Shares what was taken off over lines by what they still cost, to the last unit: largest remainder, then their order. */
  take(lines: readonly Line[], amount: Rational): void {
    const all = this.leftOf(lines);
    if (all.isZero() || amount.isZero()) return;
    const exact = lines.map((line) => amount.times(this.left.get(line) ?? NOTHING).over(all));
    const unit = roundingUnit(this.given);
    const floors = exact.map((each) => each.over(unit).floor());
    let rest = amount.over(unit).minus(total(floors));
    const order = exact
      .map((each, n) => ({ n, remainder: each.over(unit).minus(floors[n] as Rational) }))
      .toSorted((a, b) => b.remainder.compare(a.remainder) || a.n - b.n);
    for (const { n } of order) {
      if (rest.sign() <= 0) break;
      floors[n] = (floors[n] as Rational).plus(ONE);
      rest = rest.minus(ONE);
    }
    lines.forEach((line, n) => {
      this.left.set(line, (this.left.get(line) ?? NOTHING).minus((floors[n] as Rational).times(unit)));
    });
  }
}

/** The smallest amount of the currency: found by rounding a very small one up. */
const roundingUnit = (given: Given): Rational =>
  roundAmount(new Rational(1n, 10n ** 30n), { ...given, policy: { ...given.policy, lineRounding: 'up' } });

const worth = (amount: string, bill: Bill): Rational =>
  bill.given.policy.partPeriodMinimum === 'by-day'
    ? Rational.of(amount).times(coveredShare(bill))
    : Rational.of(amount);

/** Minimum and maximum of items together. */
export const applyGroups = (bill: Bill): void => {
  for (const group of bill.given.contract.groups ?? []) {
    const charged = amountOf(bill.lines.filter((line) => group.items.includes(line.item)));
    if (group.minimum !== undefined && bill.given.interim !== true) {
      const lacking = worth(group.minimum, bill).minus(charged);
      if (lacking.sign() > 0) bill.add(`group-${group.id}`, lacking, `${lacking} to the minimum`);
    }
    if (group.maximum !== undefined) {
      const above = charged.minus(Rational.of(group.maximum));
      if (above.sign() > 0) bill.add(`group-${group.id}`, above.negated(), `${above} above the maximum`);
    }
  }
};

/** The contract's minimum commitment, in the period or over the contract year. Returns what passes on. */
export const applyCommitment = (bill: Bill): Opening['committed'] => {
  const { contract, opening, policy, interim, period } = bill.given;
  const agreed = contract.minimumCommitment;
  if (agreed === undefined || interim === true) return undefined;
  const counted = amountOf(bill.lines.filter((line) => policy.commitmentCovers === 'all' || line.metered));
  const factor = Rational.of(agreed.overageFactor ?? '1').minus(ONE);
  const overage = (charged: Rational, least: Rational): Rational => most(charged.minus(least), NOTHING).times(factor);
  if (agreed.over !== 'contract-year') {
    const least = worth(agreed.amount, bill);
    const lacking = least.minus(counted);
    if (lacking.sign() > 0) bill.add('minimum-commitment', lacking, `${lacking} to the commitment of ${least}`);
    else
      bill.add('commitment-overage', overage(counted, least), `${overage(counted, least)} for what is above ${least}`);
    return undefined;
  }
  const begin = yearStart(contract, bill.part.start);
  const before = opening.committed?.yearStart === begin ? Rational.of(opening.committed.charged) : NOTHING;
  const [charged, whole] = [before.plus(counted), Rational.of(agreed.amount)];
  const over = overage(charged, whole).minus(overage(before, whole));
  bill.add('commitment-overage', over, `${over} for what is above ${whole} of the year`);
  const ends = yearEnd(contract, bill.part.start) <= period.end || (contract.end ?? '9999-12-31') <= period.end;
  if (ends && whole.isAbove(charged)) {
    bill.add('minimum-commitment', whole.minus(charged), `${whole.minus(charged)} to the commitment of the year`);
  }
  return { yearStart: begin, charged: `${charged}` };
};

export const applyMaximum = (bill: Bill): void => {
  const { maximum } = bill.given.contract;
  if (maximum === undefined) return;
  const above = amountOf(bill.lines).minus(Rational.of(maximum.amount));
  if (above.sign() > 0) bill.add('contract-maximum', above.negated(), `${above} above the maximum of the contract`);
};

/** Discounts in their order, each on what the earlier ones left of the lines it covers. */
export const applyDiscounts = (bill: Bill): void => {
  for (const discount of bill.given.contract.discounts ?? []) {
    const { start } = bill.given.period;
    if (start < (discount.from ?? '') || start >= (discount.until ?? '9999')) continue;
    const lines = bill.of(discount.items);
    const left = most(bill.leftOf(lines), NOTHING);
    const exact =
      discount.percent === undefined
        ? least(Rational.of(discount.amount ?? '0'), left)
        : left.times(Rational.of(discount.percent)).over(HUNDRED);
    const off = roundAmount(exact, bill.given);
    bill.add(`discount-${discount.id}`, off.negated(), `${exact} off ${left}`);
    bill.take(lines, off);
  }
};

const usable = (credit: Credit, start: string): boolean => credit.from <= start && start < (credit.expires ?? '9999');

const inOrder = (a: Credit, b: Credit): number =>
  a.priority - b.priority || compareText(a.expires ?? '9999', b.expires ?? '9999') || compareText(a.id, b.id);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Credits: promotional ones as lines, prepaid ones as payments. Returns the payments and what is left in the wallets. */
export const applyCredits = (bill: Bill) => {
  const { contract, opening, period } = bill.given;
  const credits = contract.credits ?? [];
  const wallets = new Map<string, Rational>(
    credits.map((credit) => [
      credit.id,
      Rational.of(opening.wallets?.find((wallet) => wallet.credit === credit.id)?.left ?? credit.amount),
    ]),
  );
  const payments: { credit: string; amount: Rational }[] = [];
  for (const kind of ['promotional', 'prepaid'] as const) {
    for (const credit of credits.filter((each) => each.kind === kind).toSorted(inOrder)) {
      if (!usable(credit, period.start)) continue;
      const lines = bill.of(credit.items);
      const wallet = wallets.get(credit.id) ?? NOTHING;
      const used = least(wallet, most(bill.leftOf(lines), NOTHING));
      if (used.isZero()) continue;
      wallets.set(credit.id, wallet.minus(used));
      if (kind === 'prepaid') payments.push({ credit: credit.id, amount: used });
      else bill.add(`credit-${credit.id}`, used.negated(), `${used} of ${wallet}`);
      bill.take(lines, used);
    }
  }
  return { payments, wallets };
};

/** The span of the lines that belong to the contract. */
export const billSpan = (given: Given): Span =>
  covered(given.contract, given.period, given.part) ?? nextPeriod(given.contract, given.period);
