import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed } from '../../platform/condition-failed.ts';
import type { AccountStore, CloseRecords } from '../close-store.ts';
import { type CloseDates, parseCloseId } from '../names.ts';
import type { AccountProgress, PeriodResult } from '../records.ts';
import type { CloseRecord } from '../types.ts';
import { ABSENT, type FinanceTable, type Key } from './table.ts';

const periodPk = (dates: CloseDates): string => `PERIOD#${dates.start}#${dates.end}`;
const runSk = (run: number): string => `CLOSE#${run.toString().padStart(6, '0')}`;

/** Where a close record lies; an id that is none names an item that cannot exist. */
const closeKey = (closeId: string): Key => {
  const parsed = parseCloseId(closeId);
  return parsed ? { pk: periodPk(parsed), sk: runSk(parsed.run) } : { pk: 'PERIOD#none', sk: closeId };
};

const recordOf = (item: Record<string, unknown> | undefined): CloseRecord | undefined =>
  item?.record as CloseRecord | undefined;

/** Close records: `PERIOD#<start>#<end>` / `CLOSE#<run>`; index `CLOSES` by start and run. */
export const dynamoCloses = (table: FinanceTable): CloseRecords => ({
  createClose: (record) =>
    table.put(
      {
        ...closeKey(record.closeId),
        gsi1pk: 'CLOSES',
        gsi1sk: `${record.start}#${record.end}#${runSk(record.run)}`,
        record,
      },
      ABSENT,
    ),
  close: async (closeId) => recordOf(await table.get(closeKey(closeId))),
  latestClose: async (dates) => recordOf((await table.all(periodPk(dates), 'CLOSE#')).at(-1)),
  listCloses: async (limit, after) => {
    const page = await table.indexPage('CLOSES', limit, after);
    return { ...page, items: page.items.flatMap((item) => recordOf(item) ?? []) };
  },
  setStep: async (closeId, step, progress) => {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: closeKey(closeId),
        UpdateExpression: 'SET #record.#steps.#step = :progress',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#record': 'record', '#steps': 'steps', '#step': step },
        ExpressionAttributeValues: { ':progress': progress },
      }),
    );
  },
  countDone: async (closeId, step, more) => {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: closeKey(closeId),
        UpdateExpression: 'SET #record.#steps.#step.#done = #record.#steps.#step.#done + :more',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#record': 'record', '#steps': 'steps', '#step': step, '#done': 'done' },
        ExpressionAttributeValues: { ':more': more },
      }),
    );
  },
  changeClose: async (closeId, change) => {
    const fields = Object.entries(change).filter(([, value]) => value !== undefined);
    if (fields.length === 0) return;
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: closeKey(closeId),
        UpdateExpression: `SET ${fields.map((_, n) => `#record.#f${n} = :v${n}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: Object.fromEntries([
          ['#record', 'record'],
          ...fields.map(([name], n) => [`#f${n}`, name]),
        ]),
        ExpressionAttributeValues: Object.fromEntries(fields.map(([, value], n) => [`:v${n}`, value])),
      }),
    );
  },
  progressClose: async (closeId, status, steps) => {
    const itGoesOn = '#record.#status IN (:running, :needsYou)';
    const changed = Object.entries(steps);
    try {
      await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: closeKey(closeId),
          UpdateExpression: `SET #record.#status = :status${changed.map((_, n) => `, #record.#steps.#s${n} = :s${n}`).join('')}`,
          ConditionExpression: itGoesOn,
          ExpressionAttributeNames: {
            '#record': 'record',
            '#status': 'status',
            '#steps': 'steps',
            ...Object.fromEntries(changed.map(([step], n) => [`#s${n}`, step])),
          },
          ExpressionAttributeValues: {
            ':status': status,
            ':running': 'running',
            ':needsYou': 'needs you',
            ...Object.fromEntries(changed.map(([, progress], n) => [`:s${n}`, progress])),
          },
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  },
  restartClose: async (closeId, attempt, by) => {
    const itFailed = '#record.#status = :failed';
    const nobodyWasFirst = '(attribute_not_exists(#record.#attempt) OR #record.#attempt < :attempt)';
    try {
      await table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: closeKey(closeId),
          UpdateExpression:
            'SET #record.#status = :running, #record.#attempt = :attempt, #record.#by = list_append(if_not_exists(#record.#by, :nobody), :by) REMOVE #record.#failure, #record.#ended',
          ConditionExpression: `${itFailed} AND ${nobodyWasFirst}`,
          ExpressionAttributeNames: {
            '#record': 'record',
            '#status': 'status',
            '#attempt': 'attempt',
            '#by': 'restartedBy',
            '#failure': 'failure',
            '#ended': 'endedAt',
          },
          ExpressionAttributeValues: {
            ':failed': 'failed',
            ':running': 'running',
            ':attempt': attempt,
            ':nobody': [],
            ':by': [by],
          },
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailed(error)) return false;
      throw error;
    }
  },
});

const accountKey = (closeId: string, account: string): Key => ({ pk: `CLOSE#${closeId}`, sk: `ACCOUNT#${account}` });
const progressOf = (item: Record<string, unknown> | undefined): AccountProgress | undefined =>
  item?.progress as AccountProgress | undefined;

/** Progress: `CLOSE#<closeId>` / `ACCOUNT#<account>`; results: `ACCOUNT#<account>` / `RESULT#<end>#<start>`. */
export const dynamoAccounts = (table: FinanceTable): AccountStore => ({
  planAccount: async (progress) => {
    await table.put({ ...accountKey(progress.closeId, progress.account), progress }, ABSENT);
  },
  account: async (closeId, account) => progressOf(await table.get(accountKey(closeId, account))),
  accounts: async (closeId) =>
    (await table.all(`CLOSE#${closeId}`, 'ACCOUNT#')).flatMap((item) => progressOf(item) ?? []),
  listAccounts: async (closeId, limit, after) => {
    const page = await table.page(`CLOSE#${closeId}`, 'ACCOUNT#', limit, after);
    return { ...page, items: page.items.flatMap((item) => progressOf(item) ?? []) };
  },
  endAccount: (progress) =>
    table.put(
      { ...accountKey(progress.closeId, progress.account), progress },
      {
        ConditionExpression: '#progress.#state = :open',
        ExpressionAttributeNames: { '#progress': 'progress', '#state': 'state' },
        ExpressionAttributeValues: { ':open': 'open' },
      },
    ),
  putResult: async (result) => {
    await table.put({ pk: `ACCOUNT#${result.account}`, sk: `RESULT#${result.end}#${result.start}`, result });
  },
  resultEndingAt: async (account, end) =>
    (await table.all(`ACCOUNT#${account}`, `RESULT#${end}#`)).at(-1)?.result as PeriodResult | undefined,
  resultsOf: async (account) =>
    (await table.all(`ACCOUNT#${account}`, 'RESULT#')).flatMap(
      (item) => (item.result as PeriodResult | undefined) ?? [],
    ),
});
