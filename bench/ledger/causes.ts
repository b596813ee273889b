import { isOpen } from '../../lambdas/usage/ledger/slot.ts';
import type { Watcher } from './counted-aws/dynamodb.ts';

/** The parts of the work that a month's cost is told by, in the words of the report. */
const OF_PORT: Readonly<Record<string, string>> = {
  quarantine: 'quarantine',
  thresholds: 'looks at limits',
  settleEarly: 'settling early',
  settle: 'settle sweeps',
};

/** Causes that are functions or parts of the bill, in the words of the report. */
const IN_WORDS: Readonly<Record<string, string>> = {
  ...OF_PORT,
  ingest: 'running ingest: Lambda, logs, traces',
  settle: 'running settle: Lambda, logs, traces',
  'ledger-walk': 'nightly walk',
  'events-api': 'running the events API: Lambda, logs, traces',
  'api-key-authorizer': 'running the authorizer',
  archive: 'archiving lines',
  stream: 'the stream',
  standing: 'custom metrics and alarms',
};

/** A cause as people are told of it. */
export const causeInWords = (cause: string): string => IN_WORDS[cause] ?? cause;

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
