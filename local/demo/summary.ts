import { grouped, table } from '../../ops/print.ts';
import type { DemoReport } from './report.ts';

const heading = (text: string): string => `\n${text}\n${'═'.repeat(text.length)}`;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** What the demo found, as a person reads it. */
export const summaryOf = (report: DemoReport): string => {
  const { totals, success, closes } = report;
  const quarantined = Object.entries(totals.quarantined).sort(([a], [b]) => (a < b ? -1 : 1));
  const [first, second] = closes;
  const lines = [
    heading(`What came in: usage of ${report.month}`),
    table(
      ['events', 'count'],
      [
        ['sent', grouped(report.sent.events)],
        ['received', grouped(totals.received)],
        ['accepted', grouped(totals.accepted)],
        ['  of these late', grouped(totals.late)],
        ['  of these of an older schema', grouped(report.upcast)],
        [
          '  of these of subjects nobody owns',
          totals.unattributed.map((u) => `${grouped(u.events)} (${u.subject})`).join(', '),
        ],
        ['duplicate', grouped(totals.duplicate)],
        ['quarantined', grouped(sum(quarantined.map(([, count]) => count)))],
        ...quarantined.map(([code, count]): [string, string] => [`  ${code}`, grouped(count)]),
      ],
    ),
    heading('Usage per meter, all accounts'),
    table(
      ['meter', 'generator', 'Meterbridge', 'difference'],
      report.meters.map((m) => [
        m.meter,
        grouped(m.generator),
        grouped(m.meterbridge),
        m.generator === m.meterbridge ? 'none' : 'DIFFERS',
      ]),
    ),
    heading('Invoices of the first close, by currency'),
    table(
      ['currency', 'documents', 'total'],
      report.invoices.map((i) => [i.currency, i.documents, grouped(i.total)]),
    ),
    heading('Controls'),
    `Four eyes: the preparer's own approval was refused (${first?.ownApproval}); the approver's passed.`,
    `ERP outage in mid-posting: ${report.outage.answersLost} answers lost after the invoice was booked, ${report.outage.duplicates} documents there twice.`,
    `Dead letters: ${success.deadLettered} in the queue to Gainsight (${success.why}); ${success.redriven} redriven.`,
    `The id at two times: an exception held ${report.sameIdAtTwoTimes.account}; decided "${report.sameIdAtTwoTimes.decision}", billed in the second close.`,
    report.correction
      ? `The event after the close: ${report.correction.kind} ${report.correction.documentId} over ${report.correction.currency} ${grouped(report.correction.total)}.`
      : 'The event after the close: NO CORRECTION.',
    `Reconciliation: ${(first?.breaks ?? 0) + (second?.breaks ?? 0)} breaks over ${closes.flatMap((close) => close.documents).length} documents.`,
    `Customer success: ${success.callsToAction.map((cta) => `"${cta.name}"`).join(', ')} in Gainsight.`,
    `Proof: ${grouped(report.ledger.appends)} ledger appends in ${grouped(report.ledger.slots)} slots and ${grouped(report.audit.entries)} audit entries, chains ${report.ledger.broken === 0 && report.audit.whole ? 'whole' : 'BROKEN'}.`,
    `DuckDB computed ${grouped(report.recomputed.figures)} daily figures again from ${grouped(report.recomputed.lines)} lines of the archive: ${report.recomputed.different === 0 ? 'every one is the same' : `${grouped(report.recomputed.different)} DIFFER`}.`,
    heading('Where the time went'),
    table(
      ['step', 'seconds'],
      [
        ...report.timings.map((t): [string, string] => [t.step, t.seconds.toFixed(1)]),
        ['all of it, installation apart', sum(report.timings.map((t) => t.seconds)).toFixed(1)],
      ],
    ),
    '',
    verdict(report),
  ];
  return lines.join('\n');
};

const verdict = (report: DemoReport): string => {
  const failed = report.checks.filter((check) => !check.agrees);
  if (failed.length === 0) return `All ${report.checks.length} figures agree.`;
  const rows = failed.slice(0, 40).map((check): [string, string, string] => [check.name, check.expected, check.actual]);
  return `${failed.length} of ${report.checks.length} figures DO NOT agree:\n${table(['figure', 'expected', 'found'], rows)}`;
};
