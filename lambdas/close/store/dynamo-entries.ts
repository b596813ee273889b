import { type AuditLog, isDecisionRefused } from '../../platform/audit-log.ts';
import type { EntryStore } from '../close-store.ts';
import type { PeriodEntry } from '../records.ts';
import { ABSENT, type FinanceTable } from './table.ts';

/** Entries: `PERIOD#<start>#<end>` / `ENTRY#<id>`, each written once together with its audit entry. */
export const dynamoEntries = (table: FinanceTable, audit: AuditLog): EntryStore => ({
  addEntry: async (entry, record) => {
    const pk = `PERIOD#${entry.start}#${entry.end}`;
    const put = { Put: { TableName: table.name, Item: { pk, sk: `ENTRY#${entry.entryId}`, entry }, ...ABSENT } };
    try {
      await audit.append(record, [put]);
      return true;
    } catch (error) {
      if (isDecisionRefused(error)) return false;
      throw error;
    }
  },
  entries: async ({ start, end }) =>
    (await table.all(`PERIOD#${start}#${end}`, 'ENTRY#')).flatMap(
      (item) => (item.entry as PeriodEntry | undefined) ?? [],
    ),
});
