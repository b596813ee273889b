import prices from '../prices.json' with { type: 'json' };
import { type Counted, total } from './counted-aws/usage.ts';

/** A row of bench/prices.json: `usd` for `per` of a unit. */
export type Price = {
  readonly id: string;
  readonly usd: number;
  readonly per: number;
  readonly unit: string;
  readonly source: string;
  readonly date: string;
};

/** The prices, by id. */
export const PRICES: ReadonlyMap<string, Price> = new Map(prices.rows.map((row) => [row.id, row]));

/** Dollars for a quantity. @throws {RangeError} if there is no such price. */
export const dollars = (line: string, quantity: number): number => {
  const price = PRICES.get(line);
  if (price === undefined) throw new RangeError(`bench/prices.json has no price ${line}`);
  return (quantity / price.per) * price.usd;
};

/** What people call the parts of a bill, in the order in which they are shown, by the beginning of the price's id. */
export const SERVICES = [
  ['Kinesis', 'kinesis.'],
  ['API Gateway', 'apigateway.'],
  ['Lambda', 'lambda.'],
  ['DynamoDB writes', 'dynamodb.write'],
  ['DynamoDB reads', 'dynamodb.read'],
  ['S3 requests', 's3.'],
  ['Firehose', 'firehose.'],
  ['SQS, EventBridge', 'sqs.'],
  ['SQS, EventBridge', 'eventbridge.'],
  ['CloudWatch, X-Ray', 'cloudwatch.'],
  ['CloudWatch, X-Ray', 'xray.'],
] as const;

/** The name of the service that a price belongs to. */
export const serviceOf = (line: string): string =>
  SERVICES.find(([, prefix]) => line.startsWith(prefix))?.[0] ?? 'other';

/** Dollars by service. Lines that are not in prices.json are figures for people, not billed. */
export const billOf = (counted: Counted): ReadonlyMap<string, number> => {
  const bill = new Map<string, number>();
  for (const line of Object.keys(counted)) {
    if (!PRICES.has(line)) continue;
    const service = serviceOf(line);
    bill.set(service, (bill.get(service) ?? 0) + dollars(line, total(counted, line)));
  }
  return bill;
};

/** Dollars of everything. */
export const billTotal = (counted: Counted): number => [...billOf(counted).values()].reduce((a, b) => a + b, 0);

/** Dollars by cause, over all services, the dearest first. */
export const billByCause = (counted: Counted): (readonly [string, number])[] => {
  const bill = new Map<string, number>();
  for (const [line, byCause] of Object.entries(counted)) {
    if (!PRICES.has(line)) continue;
    for (const [cause, quantity] of Object.entries(byCause)) {
      bill.set(cause, (bill.get(cause) ?? 0) + dollars(line, quantity));
    }
  }
  return [...bill].sort(([, a], [, b]) => b - a);
};
