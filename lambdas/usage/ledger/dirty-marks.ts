import { DeleteCommand, type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import { intervalOfDay, SLOT_MILLIS, utcDay } from './slot.ts';

/** A mark that late usage may have touched a settled day. Written before the append it announces. */
export type DirtyMark = {
  readonly subject: string;
  readonly day: string;
  /** When it was last set. */
  readonly at: string;
  /** Who set it last: changes with every setting. */
  readonly token: string;
  /** The slots of the day that it is about, each with when it was last named. Absent: any of them. */
  readonly slots?: Readonly<Record<string, string>>;
};

/** What a mark is set for: slots of the day, by their starts, or all of it. */
export type NewMark = Omit<DirtyMark, 'slots'> & { readonly slots?: readonly string[] };

/** The dirty marks, beside the settled items. */
export type DirtyMarks = {
  /** Sets a mark, or renews it: slots come to those that it names already, and one of the whole day stays so. */
  mark(mark: NewMark): Promise<void>;
  /** All marks of a subject, by day. Strongly consistent. */
  marksOf(subject: string): Promise<DirtyMark[]>;
  /**
   * Removes a mark if it is still the one that was seen. Answers whether it was. `slots`: takes only these off it, if none
   * of them was named again since.
   */
  clear(mark: DirtyMark, slots?: readonly string[]): Promise<boolean>;
};

/**
 * A mark as it lies in the table. 1: of the whole day; 2: of the slots that have an attribute `s<number of the slot in the
 * day>`, which says when they were named, in milliseconds: with all 96 of them a mark is still one write unit.
 */
type MarkItem = { readonly sk: string; readonly format: 1 | 2; readonly at: string; readonly token: string } & Readonly<
  Record<string, unknown>
>;

const IS_UNCHANGED = '#token = :seen';
const OF_SUBJECT = 'pk = :subject AND begins_with(sk, :dirty)';

const dayStart = (day: string): number => Date.parse(intervalOfDay(day).from);
const SLOT_NAME = /^s\d+$/;

/** The attribute of a slot. */
export const markName = (start: string): string => `s${(Date.parse(start) - dayStart(utcDay(start))) / SLOT_MILLIS}`;
const slotNamed = (name: string, day: string): string =>
  new Date(dayStart(day) + Number(name.slice(1)) * SLOT_MILLIS).toISOString();

const markOf = (subject: string, item: MarkItem): DirtyMark => {
  const { sk, at, token, format } = item;
  const day = sk.slice('DIRTY#'.length);
  const mark = { subject, day, at, token };
  if (format === 1) return mark;
  const slots = Object.entries(item)
    .filter(([name]) => SLOT_NAME.test(name))
    .map(([name, millis]): [string, string] => [slotNamed(name, day), new Date(Number(millis)).toISOString()]);
  return { ...mark, slots: Object.fromEntries(slots.sort(([a], [b]) => (a < b ? -1 : 1))) };
};

/** Dirty marks in the projection table (`pk` = subject, `sk` = `DIRTY#<day>`). */
export const dynamoDirtyMarks = (client: DynamoDBDocumentClient, table: string): DirtyMarks => {
  const keyOf = ({ subject, day }: Pick<DirtyMark, 'subject' | 'day'>) => ({ pk: subject, sk: `DIRTY#${day}` });
  /** Whether it was done: not, if what it depends on was changed. */
  const isDone = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  };
  return {
    mark: async ({ subject, day, at, token, slots }) => {
      const named = (slots ?? []).map((start, n) => [`#s${n}`, markName(start)] as const);
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: keyOf({ subject, day }),
          UpdateExpression: [
            'SET #at = :at, #token = :token',
            slots === undefined ? '#format = :format' : '#format = if_not_exists(#format, :format)',
            ...named.map(([name]) => `${name} = :millis`),
          ].join(', '),
          ExpressionAttributeNames: {
            '#at': 'at',
            '#token': 'token',
            '#format': 'format',
            ...Object.fromEntries(named),
          },
          ExpressionAttributeValues: {
            ':at': at,
            ':token': token,
            ':format': slots === undefined ? 1 : 2,
            ...(named.length === 0 ? {} : { ':millis': Date.parse(at) }),
          },
        }),
      );
    },
    marksOf: async (subject) => {
      const marks: DirtyMark[] = [];
      let from: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: OF_SUBJECT,
            ExpressionAttributeValues: { ':subject': subject, ':dirty': 'DIRTY#' },
            ConsistentRead: true,
            ...(from === undefined ? {} : { ExclusiveStartKey: from }),
          }),
        );
        marks.push(...((page.Items ?? []) as MarkItem[]).map((item) => markOf(subject, item)));
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
      return marks;
    },
    clear: (mark, slots) => {
      const names = (slots ?? []).map((start, n) => [`#s${n}`, markName(start)] as const);
      return isDone(() =>
        slots === undefined
          ? client.send(
              new DeleteCommand({
                TableName: table,
                Key: keyOf(mark),
                ConditionExpression: IS_UNCHANGED,
                ExpressionAttributeNames: { '#token': 'token' },
                ExpressionAttributeValues: { ':seen': mark.token },
              }),
            )
          : client.send(
              new UpdateCommand({
                TableName: table,
                Key: keyOf(mark),
                UpdateExpression: `REMOVE ${names.map(([name]) => name).join(', ')}`,
                ConditionExpression: names.map(([name], n) => `${name} = :seen${n}`).join(' AND '),
                ExpressionAttributeNames: Object.fromEntries(names),
                ExpressionAttributeValues: Object.fromEntries(
                  slots.map((start, n) => [`:seen${n}`, Date.parse(mark.slots?.[start] ?? '') || 0]),
                ),
              }),
            ),
      );
    },
  };
};
