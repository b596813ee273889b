import { DeleteCommand, type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../../platform/condition-failed.ts';

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

/** A mark as it lies in the table. 1: of the whole day; 2: of the slots that have an attribute `s<start>`, when they were named. */
type MarkItem = { readonly sk: string; readonly format: 1 | 2; readonly at: string; readonly token: string } & Readonly<
  Record<string, unknown>
>;

const IS_UNCHANGED = '#token = :seen';
const OF_SUBJECT = 'pk = :subject AND begins_with(sk, :dirty)';

const slotName = (start: string): string => `s${start}`;
const SLOT = slotName('');
const SLOT_LENGTH = slotName('2026-10-01T00:00:00.000Z').length;

const markOf = (subject: string, item: MarkItem): DirtyMark => {
  const { sk, at, token, format } = item;
  const mark = { subject, day: sk.slice('DIRTY#'.length), at, token };
  if (format === 1) return mark;
  const slots = Object.entries(item)
    .filter(([name]) => name.startsWith(SLOT) && name.length === SLOT_LENGTH)
    .map(([name, named]): [string, string] => [name.slice(SLOT.length), String(named)]);
  return { ...mark, slots: Object.fromEntries(slots) };
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
      const named = (slots ?? []).map((start, n) => [`#s${n}`, slotName(start)] as const);
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: keyOf({ subject, day }),
          UpdateExpression: [
            'SET #at = :at, #token = :token',
            slots === undefined ? '#format = :format' : '#format = if_not_exists(#format, :format)',
            ...named.map(([name]) => `${name} = :at`),
          ].join(', '),
          ExpressionAttributeNames: {
            '#at': 'at',
            '#token': 'token',
            '#format': 'format',
            ...Object.fromEntries(named),
          },
          ExpressionAttributeValues: { ':at': at, ':token': token, ':format': slots === undefined ? 1 : 2 },
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
      const names = (slots ?? []).map((start, n) => [`#s${n}`, slotName(start)] as const);
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
                  slots.map((start, n) => [`:seen${n}`, mark.slots?.[start] ?? '']),
                ),
              }),
            ),
      );
    },
  };
};
