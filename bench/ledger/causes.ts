import { isOpen } from '../../lambdas/usage/ledger/slot.ts';
import type { Watcher } from './counted-aws/dynamodb.ts';

/** The parts of the work that a month's cost is told by, in the words of the report. */
const OF_PORT: Readonly<Record<string, string>> = {
  quarantine: 'quarantine',
  thresholds: 'looks at limits',
  settleEarly: 'settling early',
  settle: 'settle sweeps',
};

const slotOfKey = (sk: string): string => sk.split('#')[0]?.split('~')[0] ?? '';

/** Names the cause of a request to a table by who asks, and by what its key says. */
export const causeWatcher =
  (now: () => string): Watcher =>
  (cause, table, operation, pk, sk) => {
    if (table === 'catalog') return 'reading the catalog';
    if (cause !== 'append') return OF_PORT[cause] ?? cause;
    if (table === 'projection') return pk === 'SUBJECTS' ? 'registering subjects' : 'marking days';
    const age = isOpen(slotOfKey(sk), now()) ? 'open' : 'closed';
    return operation === 'Query' ? `ids of ${age} slots` : `appends to ${age} slots`;
  };
