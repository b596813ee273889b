import type { ArithmeticNode, RatedLine } from '../../lambdas/rating/types.ts';
import { type ApiClient, allItems } from '../api-client.ts';
import { grouped, say, table } from '../print.ts';

type LineEvent = {
  readonly eventId: string;
  readonly time: string;
  readonly subject: string;
  readonly pointer: { readonly key: string; readonly line: number };
};

const tree = (node: ArithmeticNode, depth: number): string[] => [
  `${'  '.repeat(depth)}${node.text}  =  ${grouped(node.result)} ${node.unit}`,
  ...node.children.flatMap((child) => tree(child, depth + 1)),
];

/** From a line of an invoice to its arithmetic and the very events it was made of. */
export const explainLine = async (api: ApiClient, lineId: string, limit: number): Promise<void> => {
  const { line } = await api.get<{ line: RatedLine }>(`/lines/${encodeURIComponent(lineId)}`);
  say(`${line.description}: ${line.currency} ${grouped(line.amount)}`);
  say(
    `account ${line.account}, ${line.period.start} to ${line.period.end} in ${line.period.zone}; inputs ${line.inputsHash.slice(0, 16)}\n`,
  );
  say(tree(line.arithmetic, 1).join('\n'));
  const events = await allItems<LineEvent>(api, `/lines/${encodeURIComponent(lineId)}/events`);
  say(`\nMade of ${grouped(events.length)} events${events.length > limit ? `; the first ${limit}:` : ':'}`);
  say(
    table(
      ['event', 'time', 'subject', 'archive object', 'line'],
      events.slice(0, limit).map((e) => [e.eventId, e.time, e.subject, e.pointer.key, e.pointer.line]),
    ),
  );
};
