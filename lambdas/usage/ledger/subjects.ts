import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../../platform/condition-failed.ts';

/** A subject that usage was ever appended for, attributed or not. */
export type SubjectRecord = {
  readonly subject: string;
  readonly firstSeenAt: string;
  /**
   * From this UTC day on appends may be unmarked (they were live); before it every append was announced by a dirty mark.
   */
  readonly watchedFrom: string;
  /** Every watched day up to this one is settled for good. */
  readonly settledThrough?: string;
  /** What a settle sweep is at, or was when it died. */
  readonly announcing?: SweepNote;
  /** Days whose usage was settled anew since the nightly walk took them, each with the token of the sweep that told. */
  readonly unwalked?: Readonly<Record<string, string>>;
};

/** Days that a settle sweep may have changed without having told anybody yet, and since when; `''`: it gave up. */
export type SweepNote = { readonly token: string; readonly at: string; readonly days: readonly string[] };

/** The registry of subjects. Reads are strongly consistent. */
export type Subjects = {
  /** Registers a subject at first sight; a known one is left as it is. Must be done before its first append. */
  register(record: Pick<SubjectRecord, 'subject' | 'firstSeenAt' | 'watchedFrom'>): Promise<void>;
  get(subject: string): Promise<SubjectRecord | undefined>;
  /** All subjects, ordered. */
  list(): Promise<SubjectRecord[]>;
  /**
   * Notes what a sweep is about to change, in place of the note whose token is `seen` (`undefined`: there was none), whose
   * days it takes over. Answers false, and notes nothing, if that is no longer how it is: another sweep was first.
   */
  announce(subject: string, note: SweepNote, seen: string | undefined): Promise<boolean>;
  /**
   * Removes the note if it is still that one, leaving the days that changed to the nightly walk in the same write; and moves
   * `settledThrough`.
   */
  announced(
    subject: string,
    token: string | undefined,
    settledThrough: string | undefined,
    changed: readonly string[],
  ): Promise<void>;
  /** Takes days off those that the nightly walk is to take, each only if its token is still that one: no sweep told of it since. */
  walked(subject: string, tokens: Readonly<Record<string, string>>): Promise<void>;
};

const IS_NEW = 'attribute_not_exists(pk)';
const IS_MINE = '#announcing.#token = :mine';
const IS_FREE = 'attribute_exists(pk) AND attribute_not_exists(#announcing)';
const REGISTRY = 'SUBJECTS';

/** One attribute per unwalked day, so that each is added and removed by itself. */
const unwalkedName = (day: string): string => `unwalked#${day}`;
const UNWALKED = unwalkedName('');
/** An update expression has at most 4 KB. */
const DAYS_PER_WRITE = 100;

const recordOf = (item: Record<string, unknown>): SubjectRecord => {
  const { pk: _, sk, format: __, ...fields } = item as { pk: string; sk: string; format: 1 } & SubjectRecord;
  const unwalked = Object.entries(fields)
    .filter(([name]) => name.startsWith(UNWALKED))
    .map(([name, token]) => [name.slice(UNWALKED.length), token]);
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !name.startsWith(UNWALKED)));
  return {
    ...(rest as SubjectRecord),
    subject: sk,
    ...(unwalked.length === 0 ? {} : { unwalked: Object.fromEntries(unwalked) }),
  };
};

/** The registry in the projection table (`pk` = SUBJECTS, `sk` = subject). */
export const dynamoSubjects = (client: DynamoDBDocumentClient, table: string): Subjects => {
  const update = async (
    subject: string,
    expression: string,
    names: Readonly<Record<string, string>>,
    values: Readonly<Record<string, unknown>>,
    condition?: string,
  ): Promise<boolean> => {
    try {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk: REGISTRY, sk: subject },
          UpdateExpression: expression,
          ExpressionAttributeNames: names,
          ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
          ...(condition === undefined ? {} : { ConditionExpression: condition }),
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  };
  return {
    register: async ({ subject, firstSeenAt, watchedFrom }) => {
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: { pk: REGISTRY, sk: subject, format: 1, firstSeenAt, watchedFrom },
            ConditionExpression: IS_NEW,
          }),
        );
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
      }
    },
    get: async (subject) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { pk: REGISTRY, sk: subject }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : recordOf(Item);
    },
    list: async () => {
      const records: SubjectRecord[] = [];
      let from: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :registry',
            ExpressionAttributeValues: { ':registry': REGISTRY },
            ConsistentRead: true,
            ...(from === undefined ? {} : { ExclusiveStartKey: from }),
          }),
        );
        records.push(...(page.Items ?? []).map(recordOf));
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
      return records;
    },
    announce: (subject, note, seen) => {
      const set = 'SET #announcing = :note';
      const name = { '#announcing': 'announcing' };
      return seen === undefined
        ? update(subject, set, name, { ':note': note }, IS_FREE)
        : update(subject, set, { ...name, '#token': 'token' }, { ':note': note, ':mine': seen }, IS_MINE);
    },
    announced: async (subject, token, settledThrough, changed) => {
      if (settledThrough !== undefined) {
        await update(
          subject,
          'SET #through = :through',
          { '#through': 'settledThrough' },
          { ':through': settledThrough },
          'attribute_not_exists(#through) OR #through < :through',
        );
      }
      if (token !== undefined) {
        for (let n = 0; n === 0 || n < changed.length; n += DAYS_PER_WRITE) {
          const days = changed.slice(n, n + DAYS_PER_WRITE).map((day, at) => [`#day${at}`, unwalkedName(day)] as const);
          const isLast = n + DAYS_PER_WRITE >= changed.length;
          await update(
            subject,
            [
              ...(isLast ? ['REMOVE #announcing'] : []),
              ...(days.length === 0 ? [] : [`SET ${days.map(([name]) => `${name} = :mine`).join(', ')}`]),
            ].join(' '),
            { '#announcing': 'announcing', '#token': 'token', ...Object.fromEntries(days) },
            { ':mine': token },
            IS_MINE,
          );
        }
      }
    },
    walked: async (subject, tokens) => {
      const remove = (some: readonly (readonly [day: string, token: string])[]): Promise<boolean> =>
        update(
          subject,
          `REMOVE ${some.map((_, n) => `#day${n}`).join(', ')}`,
          Object.fromEntries(some.map(([day], n) => [`#day${n}`, unwalkedName(day)])),
          Object.fromEntries(some.map(([, token], n) => [`:seen${n}`, token])),
          some.map((_, n) => `#day${n} = :seen${n}`).join(' AND '),
        );
      const all = Object.entries(tokens);
      for (let n = 0; n < all.length; n += DAYS_PER_WRITE) {
        const some = all.slice(n, n + DAYS_PER_WRITE);
        if (await remove(some)) continue;
        for (const each of some) await remove([each]);
      }
    },
  };
};
