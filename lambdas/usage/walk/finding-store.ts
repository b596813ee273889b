import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { type AuditLog, type AuditRecord, isDecisionRefused } from '../../platform/audit-log.ts';
import { mapBounded } from '../../platform/bounded.ts';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import type { Interval } from '../../platform/period.ts';
import { utcDay } from '../ledger/slot.ts';
import type { SameIdFinding } from './same-id.ts';

/** A finding, at one of its places: the start of the slot. */
export type PlacedFinding = { readonly start: string; readonly finding: SameIdFinding };

/** A page of findings; `next`: where the next one goes on. */
export type FindingPage = { readonly placed: readonly PlacedFinding[]; readonly next?: string };

/** Findings where they are looked at. Reads are strongly consistent. */
export type Findings = {
  get(findingId: string): Promise<SameIdFinding | undefined>;
  /**
   * The findings that are not settled and have a place of a subject in slots that start in an interval, by slot; at most
   * `limit`, from after `after` on. A finding comes once per place.
   */
  unsettledOf(subject: string, within: Interval, limit: number, after?: string): Promise<FindingPage>;
  /** Who decided a finding with a place of a subject on days of an interval, each once. */
  decidersOf(subject: string, within: Interval): Promise<string[]>;
};

/** Findings where walks find them and people decide them. */
export type FindingStore = Findings & {
  /** Writes a finding if its revision is still the one before its own. `false`: another was first. */
  save(finding: SameIdFinding): Promise<boolean>;
};

/** Findings where people decide them one by one. */
export type DecidableFindings = FindingStore & {
  /** As `save`, with the entry of the audit log in the same transaction. */
  decide(finding: SameIdFinding, record: AuditRecord): Promise<boolean>;
};

const AT_ONCE = 16;
const IS_FIRST = 'attribute_not_exists(pk)';
const IS_THE_ONE_SEEN = '#revision = :seen';

const keyOf = (findingId: string) => ({ pk: `SAMEID#${findingId}`, sk: 'FINDING' });
const placesOf = (subject: string): string => `SAMEIDS#${subject}`;
const decidersOf = (subject: string): string => `SAMEIDBY#${subject}`;

const putOver = (table: string, finding: SameIdFinding) => ({
  TableName: table,
  Item: { ...keyOf(finding.findingId), format: 1, revision: finding.revision, finding },
  ...(finding.revision === 1
    ? { ConditionExpression: IS_FIRST }
    : {
        ConditionExpression: IS_THE_ONE_SEEN,
        ExpressionAttributeNames: { '#revision': 'revision' },
        ExpressionAttributeValues: { ':seen': finding.revision - 1 },
      }),
});

/**
 * Findings in the projection table. Beside the finding (`pk` = `SAMEID#<id>`) lies one small item per place of one that is
 * not settled (`pk` = `SAMEIDS#<subject>`, `sk` = `<slot>#<id>`), and one per day and person that decided
 * (`pk` = `SAMEIDBY#<subject>`, `sk` = `<day>#<person>`). Both are written before the finding, and the first are removed
 * after it was settled: a reader takes the finding's word.
 */
const findingsTable = (client: DynamoDBDocumentClient, table: string) => {
  const get = async (findingId: string): Promise<SameIdFinding | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: keyOf(findingId), ConsistentRead: true }),
    );
    return Item?.finding as SameIdFinding | undefined;
  };
  const keysIn = async (pk: string, from: string, to: string, limit?: number) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
        ConsistentRead: true,
        ...(limit === undefined ? {} : { Limit: limit }),
      }),
    );
    const last = (LastEvaluatedKey as { readonly sk: string } | undefined)?.sk;
    return { keys: Items.map(({ sk }) => String(sk)), ...(last === undefined ? {} : { next: last }) };
  };
  const put = async (items: readonly Readonly<Record<string, string>>[]): Promise<void> => {
    await mapBounded(items, AT_ONCE, async (item) => {
      await client.send(new PutCommand({ TableName: table, Item: { ...item, format: 1 } }));
    });
  };
  const placeKeys = ({ places, findingId }: SameIdFinding) =>
    places.map(({ subject, start }) => ({ pk: placesOf(subject), sk: `${start}#${findingId}` }));
  /** Who decided, on each day of each subject that the finding touches: a close must know its makers. */
  const deciderKeys = ({ places, decisions }: SameIdFinding) => {
    const by = decisions.at(-1)?.by;
    if (by === undefined) return [];
    const keys = places.map(({ subject, start }) => ({ pk: decidersOf(subject), sk: `${utcDay(start)}#${by}` }));
    return [...new Map(keys.map((key) => [`${key.pk} ${key.sk}`, key])).values()];
  };
  /** Writes what lies beside a finding, then the finding. */
  const write = async (finding: SameIdFinding, itself: () => Promise<boolean>): Promise<boolean> => {
    await put([...deciderKeys(finding), ...(finding.state === 'settled' ? [] : placeKeys(finding))]);
    if (!(await itself())) return false;
    if (finding.state === 'settled') {
      await mapBounded(placeKeys(finding), AT_ONCE, async (Key) => {
        await client.send(new DeleteCommand({ TableName: table, Key }));
      });
    }
    return true;
  };
  return { get, keysIn, write };
};

/** Findings for those who only look. */
export const dynamoFindings = (client: DynamoDBDocumentClient, table: string): Findings => {
  const { get, keysIn } = findingsTable(client, table);
  return {
    get,
    unsettledOf: async (subject, { from, to }, limit, after) => {
      // `~` sorts after what an id is made of: the page goes on after the place where the one before ended.
      const first = after === undefined ? from : `${after}~`;
      const { keys, next } = await keysIn(placesOf(subject), first, to, limit);
      const placed = await mapBounded(keys, AT_ONCE, async (key) => {
        const [start = '', findingId = ''] = key.split('#');
        const finding = await get(findingId);
        return finding === undefined || finding.state === 'settled' ? [] : [{ start, finding }];
      });
      return {
        placed: placed.flat(),
        ...(next === undefined ? {} : { next }),
      };
    },
    decidersOf: async (subject, { from, to }) => {
      // `$` is the character after `#`: all persons of the last day.
      const last = `${utcDay(new Date(Date.parse(to) - 1).toISOString())}$`;
      const { keys } = await keysIn(decidersOf(subject), utcDay(from), last);
      return [...new Set(keys.map((key) => key.slice(key.indexOf('#') + 1)))].sort();
    },
  };
};

/** Findings for walks. */
export const dynamoFindingStore = (client: DynamoDBDocumentClient, table: string): FindingStore => {
  const { write } = findingsTable(client, table);
  return {
    ...dynamoFindings(client, table),
    save: (finding) =>
      write(finding, async () => {
        try {
          await client.send(new PutCommand(putOver(table, finding)));
          return true;
        } catch (error) {
          if (isConditionFailed(error)) return false;
          throw error;
        }
      }),
  };
};

/** Findings for those who decide. */
export const dynamoDecisions = (
  client: DynamoDBDocumentClient,
  table: string,
  audit: Pick<AuditLog, 'append'>,
): DecidableFindings => {
  const { write } = findingsTable(client, table);
  return {
    ...dynamoFindingStore(client, table),
    decide: (finding, record) =>
      write(finding, async () => {
        try {
          await audit.append(record, [{ Put: putOver(table, finding) }]);
          return true;
        } catch (error) {
          if (isDecisionRefused(error)) return false;
          throw error;
        }
      }),
  };
};
