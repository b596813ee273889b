import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type AuditLog, isDecisionRefused } from '../../platform/audit-log.ts';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import type { ExceptionStore } from '../close-store.ts';
import { type CloseDates, parseExceptionId } from '../names.ts';
import type { CloseException } from '../types.ts';
import { ABSENT, type FinanceTable, type Key } from './table.ts';

const pkOf = (dates: CloseDates): string => `PERIOD#${dates.start}#${dates.end}`;
const keyOf = (exceptionId: string): Key => {
  const dates = parseExceptionId(exceptionId);
  return { pk: dates ? pkOf(dates) : 'PERIOD#none', sk: `EXCEPTION#${exceptionId}` };
};
const exceptionOf = (item: Record<string, unknown> | undefined): CloseException | undefined =>
  item?.exception as CloseException | undefined;

const NAMES = { '#exception': 'exception', '#state': 'state', '#resolution': 'resolution' };

const read = async (table: FinanceTable, exceptionId: string): Promise<CloseException | undefined> =>
  exceptionOf(await table.get(keyOf(exceptionId)));

/** Raising: `PERIOD#<start>#<end>` / `EXCEPTION#<id>`; index `EXCEPTIONS#<state>` by time. */
export const dynamoRaise = (table: FinanceTable): Pick<ExceptionStore, 'raise'> => {
  /** Opens a fixed exception again, unless a decision was made since. */
  const reopen = async (exception: CloseException, closeStartedAt: string): Promise<void> => {
    const itWasSaidToBeFixed = '#exception.#resolution.#decision = :fixed';
    const beforeThisClose = '#exception.#resolution.#at < :started';
    try {
      await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: keyOf(exception.exceptionId),
          UpdateExpression: 'SET #exception = :exception, gsi1pk = :pk, gsi1sk = :sk',
          ConditionExpression: `${itWasSaidToBeFixed} AND ${beforeThisClose}`,
          ExpressionAttributeNames: {
            '#exception': 'exception',
            '#resolution': 'resolution',
            '#decision': 'decision',
            '#at': 'at',
          },
          ExpressionAttributeValues: {
            ':exception': exception,
            ':fixed': 'fixed',
            ':started': closeStartedAt,
            ':pk': 'EXCEPTIONS#open',
            ':sk': `${exception.raisedAt}#${exception.exceptionId}`,
          },
        }),
      );
    } catch (error) {
      if (!isConditionFailed(error)) throw error;
    }
  };

  return {
    raise: async (exception, closeStartedAt) => {
      const item = {
        ...keyOf(exception.exceptionId),
        gsi1pk: `EXCEPTIONS#${exception.state}`,
        gsi1sk: `${exception.raisedAt}#${exception.exceptionId}`,
        exception,
      };
      if (await table.put(item, ABSENT)) return exception;
      await reopen(exception, closeStartedAt);
      return (await read(table, exception.exceptionId)) ?? exception;
    },
  };
};

/** Exceptions and their decisions, each written together with its audit entry. */
export const dynamoExceptions = (table: FinanceTable, audit: AuditLog): ExceptionStore => ({
  ...dynamoRaise(table),
  exception: (exceptionId) => read(table, exceptionId),
  exceptions: async (dates) => (await table.all(pkOf(dates), 'EXCEPTION#')).flatMap((item) => exceptionOf(item) ?? []),
  listExceptions: async (state, limit, after) => {
    const page = await table.indexPage(`EXCEPTIONS#${state}`, limit, after);
    return { ...page, items: page.items.flatMap((item) => exceptionOf(item) ?? []) };
  },
  resolveException: async (exceptionId, resolution, record) => {
    const update = {
      Update: {
        TableName: table.name,
        Key: keyOf(exceptionId),
        UpdateExpression: 'SET #exception.#state = :resolved, #exception.#resolution = :resolution, gsi1pk = :pk',
        ConditionExpression: '#exception.#state = :open',
        ExpressionAttributeNames: NAMES,
        ExpressionAttributeValues: {
          ':open': 'open',
          ':resolved': 'resolved',
          ':resolution': resolution,
          ':pk': 'EXCEPTIONS#resolved',
        },
      },
    };
    try {
      await audit.append(record, [update]);
      return true;
    } catch (error) {
      if (isDecisionRefused(error)) return false;
      throw error;
    }
  },
});
