import { allocated } from './allocated.ts';
import { yearEnd, yearStart } from './calendar.ts';
import { minimumOf } from './charge.ts';
import type { Credit, Given, Opening, Span, Wallet } from './given.ts';
import { isMetered } from './groups.ts';
import type { Line } from './line.ts';
import { HUNDRED, least, most, NOTHING, ONE, Rational, total } from './rational.ts';
import { inUnits, roundAmount, roundingUnit } from './rounding.ts';
import { sharedByVersions } from './versions.ts';

/** The lines of a contract so far, and what each still costs: less its share of what bounds, discounts and credits took off. */
export class Bill {
  readonly given: Given;
  readonly part: Span;
  readonly lines: Line[];
  readonly left: Map<Line, Rational>;

  constructor(given: Given, part: Span, lines: readonly Line[]) {
    this.given = given;
    this.part = part;
    this.lines = [...lines];
    this.left = new Map(lines.map((line) => [line, line.amount]));
  }

  private write(item: string, amount: Rational, note: string, metered: boolean): Line {
    const { start, end } = this.part;
    const line = { item, dimensions: {}, start, end, metered, quantity: ONE, amount, notes: [note] };
    this.lines.push(line);
    return line;
  }

  /** A line of the contract that costs something: it may be discounted itself. One of nothing is written only on request. */
  add(item: string, amount: Rational, note: string, metered: boolean, always = false): void {
    const rounded = roundAmount(amount, this.given);
    if (rounded.isZero() && !always) return;
    this.left.set(this.write(item, rounded, note, metered), rounded);
  }

  /** A line that takes off others: shared over them by what they still cost, to the last unit. */
  takeOff(item: string, lines: readonly Line[], amount: Rational, note: string): void {
    if (amount.isZero()) return;
    this.write(item, amount.negated(), note, false);
    this.take(lines, amount);
  }

  take(lines: readonly Line[], amount: Rational): void {
    const weights = lines.map((line) => {
      const left = this.left.get(line) ?? NOTHING;
      return most(amount.sign() < 0 ? left.negated() : left, NOTHING);
    });
    if (amount.isZero() || weights.every((weight) => weight.isZero())) return;
    const parts = allocated(amount, weights, roundingUnit(this.given));
    lines.forEach((line, n) => {
      this.left.set(line, (this.left.get(line) ?? NOTHING).minus(parts[n] ?? NOTHING));
    });
  }

  /** The lines of these items; all where none are named. */
  of(items: readonly string[] | undefined): Line[] {
    return [...this.left.keys()].filter((line) => items?.includes(line.item) ?? true);
  }

  leftOf(lines: readonly Line[]): Rational {
    return total(lines.map((line) => this.left.get(line) ?? NOTHING));
  }
}

/** A minimum of the part, rounded before anything is set against it, so that lines and true-up come to it exactly. */
const worth = (amount: string, bill: Bill): Rational => roundAmount(minimumOf(amount, bill), bill.given);

const atMost = (amount: string, bill: Bill): Rational =>
  roundAmount(sharedByVersions(Rational.of(amount), bill), bill.given);

/** Minimum and maximum of items together. */
export const applyGroups = (bill: Bill): void => {
  for (const group of bill.given.contract.groups ?? []) {
    const lines = bill.of(group.items);
    const charged = bill.leftOf(lines);
    const metered = group.items.every((id) => isMetered(bill.given, id));
    if (group.minimum !== undefined && bill.given.interim !== true) {
      const lacking = worth(group.minimum, bill).minus(charged);
      if (lacking.sign() > 0) bill.add(`group-${group.id}`, lacking, `${lacking} to the minimum`, metered);
    }
    if (group.maximum !== undefined) {
      const above = most(charged.minus(atMost(group.maximum, bill)), NOTHING);
      bill.takeOff(`group-${group.id}`, lines, above, `${above} above the maximum`);
    }
  }
};

/** The contract's minimum commitment, in the period or over the contract year. Returns what passes on. */
export const applyCommitment = (bill: Bill): Opening['committed'] => {
  const { contract, opening, policy, interim, period } = bill.given;
  const agreed = contract.minimumCommitment;
  if (agreed === undefined) return opening.committed;
  if (interim === true) return opening.committed;
  const counted = bill.leftOf(bill.of(undefined).filter((line) => policy.commitmentCovers === 'all' || line.metered));
  const factor = Rational.of(agreed.overageFactor ?? '1').minus(ONE);
  /** Of what brought the charges from one amount to another, how much lies above a third, charged once more. */
  const overage = (from: Rational, to: Rational, least: Rational): Rational =>
    most(to, least).minus(most(from, least)).times(factor);
  const always = policy.zeroUsageLine === 'show';
  if (agreed.over !== 'contract-year') {
    const least = worth(agreed.amount, bill);
    const lacking = most(least.minus(counted), NOTHING);
    bill.add('minimum-commitment', lacking, `${lacking} to the commitment of ${least}`, false, always);
    bill.add('commitment-overage', overage(NOTHING, counted, least), `for what ${counted} is above ${least}`, false);
    return opening.committed;
  }
  const begin = yearStart(contract, period.start);
  const before = opening.committed?.yearStart === begin ? Rational.of(opening.committed.charged) : NOTHING;
  const [charged, whole] = [before.plus(counted), Rational.of(agreed.amount)];
  // The true-up falls due with the last part that is of the year, or of the contract.
  const last = bill.part.end;
  const ends = last === contract.end || (last === period.end && yearEnd(contract, period.start) <= period.end);
  if (ends) {
    const lacking = most(whole.minus(charged), NOTHING);
    bill.add('minimum-commitment', lacking, `${lacking} to the commitment of the year`, false);
  }
  bill.add(
    'commitment-overage',
    overage(before, charged, whole),
    `for what ${charged} is above ${whole} of the year`,
    false,
  );
  return { yearStart: begin, charged: `${charged}` };
};

export const applyMaximum = (bill: Bill): void => {
  const { maximum } = bill.given.contract;
  if (maximum === undefined) return;
  const above = most(bill.leftOf(bill.of(undefined)).minus(atMost(maximum.amount, bill)), NOTHING);
  bill.takeOff('contract-maximum', bill.of(undefined), above, `${above} above the maximum of the contract`);
};

/** Discounts in their order, each on what the earlier ones left of the lines it covers. */
export const applyDiscounts = (bill: Bill): void => {
  for (const discount of bill.given.contract.discounts ?? []) {
    const { start } = bill.given.period;
    if (start < (discount.from ?? '') || start >= (discount.until ?? '9999')) continue;
    const lines = bill.of(discount.items);
    // A percent of what is given back is given back too; an amount takes off at most what is there, and is shared as a maximum.
    const left = bill.leftOf(lines);
    const exact =
      discount.percent === undefined
        ? least(sharedByVersions(Rational.of(discount.amount ?? '0'), bill), most(left, NOTHING))
        : left.times(Rational.of(discount.percent)).over(HUNDRED);
    bill.takeOff(`discount-${discount.id}`, lines, roundAmount(exact, bill.given), `${exact} off ${left}`);
  }
};

const usable = (credit: Credit, start: string): boolean => credit.from <= start && start < (credit.expires ?? '9999');

const inOrder = (a: Credit, b: Credit): number =>
  a.priority - b.priority || compareText(a.expires ?? '9999', b.expires ?? '9999') || compareText(a.id, b.id);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What is left of a credit, with what the contract has granted since. */
const walletOf = (credit: Credit, opening: Opening): Rational => {
  const granted = Rational.of(credit.amount);
  const known = opening.wallets?.find((wallet) => wallet.credit === credit.id);
  if (known === undefined) return granted;
  const more = granted.minus(Rational.of(known.granted ?? credit.amount));
  // Nobody owes a wallet: one that is granted less than was used of it holds nothing.
  return most(Rational.of(known.left).plus(more), NOTHING);
};

/** Credits: promotional ones as lines, prepaid ones as payments. Returns the payments and what is left in the wallets. */
export const applyCredits = (bill: Bill) => {
  const { contract, opening, period } = bill.given;
  const credits = contract.credits ?? [];
  const wallets = new Map(credits.map((credit) => [credit.id, walletOf(credit, opening)]));
  const payments: { credit: string; amount: Rational }[] = [];
  for (const kind of ['promotional', 'prepaid'] as const) {
    for (const credit of credits.filter((each) => each.kind === kind).toSorted(inOrder)) {
      if (!usable(credit, period.start)) continue;
      const lines = bill.of(credit.items);
      const wallet = wallets.get(credit.id) ?? NOTHING;
      const used = least(inUnits(wallet, bill.given), most(bill.leftOf(lines), NOTHING));
      if (used.isZero()) continue;
      wallets.set(credit.id, wallet.minus(used));
      if (kind === 'promotional') bill.takeOff(`credit-${credit.id}`, lines, used, `${used} of ${wallet}`);
      else {
        payments.push({ credit: credit.id, amount: used });
        bill.take(lines, used);
      }
    }
  }
  const own = credits.map(({ id, amount }): Wallet => {
    return { credit: id, left: `${wallets.get(id) ?? NOTHING}`, granted: amount };
  });
  // A credit that this version does not have keeps what it has: another may have it again.
  const others = (opening.wallets ?? []).filter(({ credit }) => !wallets.has(credit));
  return { payments, wallets: [...own, ...others] };
};
