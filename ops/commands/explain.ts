import type { ExplainedLine, LineEvent } from '../../lambdas/close/types.ts';
import type { ArithmeticNode } from '../../lambdas/rating/types.ts';
import { type ApiClient, allItems } from '../api-client.ts';
import { archiveNotes } from '../archive-notes.ts';
import { grouped, say, table } from '../print.ts';

const tree = (node: ArithmeticNode, depth: number): string[] => [
  `${'  '.repeat(depth)}${node.text}  =  ${grouped(node.result)} ${node.unit}`,
  ...node.children.flatMap((child) => tree(child, depth + 1)),
];

type Verification = {
  readonly closeId: string;
  readonly equal: boolean;
  readonly says: string;
  readonly engine: { readonly stored: string; readonly now: string };
  readonly differences: readonly {
    readonly description: string;
    readonly kind: string;
    readonly fields: readonly {
      readonly field: string;
      readonly stored: string | null;
      readonly recomputed: string | null;
    }[];
  }[];
};

/** Whether a line comes to the same when it is computed again from the ledger with everything it pins, or what differs. */
export const verifyLine = async (api: ApiClient, lineId: string): Promise<void> => {
  const { closeId, equal, says, engine, differences } = await api.get<Verification>(
    `/lines/${encodeURIComponent(lineId)}/verification`,
  );
  say(`${says} Rated by engine ${engine.stored} in ${closeId}, again by engine ${engine.now}.`);
  if (differences.length > 0) {
    const rows = differences.flatMap(({ description, kind, fields }) =>
      fields.map(({ field, stored, recomputed }) => [description, kind, field, stored ?? '–', recomputed ?? '–']),
    );
    say(table(['line', 'how', 'field', 'stored', 'recomputed'], rows));
  }
  if (!equal) process.exitCode = 1;
};

/**
 * From a line of an invoice to its arithmetic, its revenue over time, the documents that carry it and the very events it
 * was made of, with the correlation ids under which the logs of delivery and ingest tell of them.
 */
export const explainLine = async (api: ApiClient, lineId: string, limit: number): Promise<void> => {
  const line = await api.get<ExplainedLine>(`/lines/${encodeURIComponent(lineId)}`);
  say(`${line.description}: ${line.currency} ${grouped(line.amount)}`);
  say(
    `account ${line.account}, ${line.period.start} to ${line.period.end} in ${line.period.zone}; inputs ${line.inputsHash.slice(0, 16)}\n`,
  );
  say(tree(line.arithmetic, 1).join('\n'));
  say(`\nRevenue, ${line.schedule.recognition}:`);
  say(
    table(
      ['from', 'before', 'amount'],
      line.schedule.entries.map(({ from, to, amount }) => [from, to, grouped(amount)]),
    ),
  );
  say('\nBilled by:');
  say(
    table(
      ['document', 'currency', 'amount', 'correlation id'],
      line.documents.map((each) => [each.documentId, each.currency, grouped(each.amount), each.correlationId]),
    ),
  );
  const events = await allItems<LineEvent>(api, `/lines/${encodeURIComponent(lineId)}/events`);
  const notes = archiveNotes();
  say(`\nMade of ${grouped(events.length)} events${events.length > limit ? `; the first ${limit}:` : ':'}`);
  say(
    table(
      ['event', 'time', 'subject', 'correlation id', 'archive line'],
      events
        .slice(0, limit)
        .map(({ event, subject, correlationId, pointer }) => [
          event.id,
          event.time,
          subject,
          correlationId,
          notes.at(pointer),
        ]),
    ),
  );
  if (events.length > 0) say(`\nArchive lines are object and line:\n${notes.below()}`);
};
