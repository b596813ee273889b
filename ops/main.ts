import { Command, Option } from 'commander';
import { type ApiClient, ApiError, apiClient } from './api-client.ts';
import { accountUsage } from './commands/account-usage.ts';
import { createKey, revokeKey } from './commands/api-keys.ts';
import { listAudit, verifyAudit } from './commands/audit.ts';
import {
  closeBackfill,
  listBackfills,
  loadBackfill,
  openBackfill,
  previewBackfill,
  revertBackfill,
  sealBackfill,
  showBackfill,
} from './commands/backfills.ts';
import { approveCatalog, proposeCatalog, publishCatalog } from './commands/catalog.ts';
import { closeStatus, decide, listCloses, resolveException, startClose } from './commands/close.ts';
import { cancelEvent, type EventOptions } from './commands/corrections.ts';
import { listDocuments, showDocument } from './commands/documents.ts';
import { explainLine } from './commands/explain.ts';
import { settle, usageTotals } from './commands/ledger.ts';
import { countQuarantine, listQuarantine, type QuarantineOptions, showQuarantine } from './commands/quarantine.ts';
import {
  judgeQuarantine,
  releaseMany,
  releaseQuarantine,
  writeOffMany,
  writeOffQuarantine,
} from './commands/quarantine-decisions.ts';
import { listQueues, redrive, showQueue } from './commands/queues.ts';
import { signInHere, signOutHere } from './commands/sign-in.ts';
import { driftOfUsage, unattributedUsage } from './commands/usage-reports.ts';
import { ledgerCommands } from './ledger-commands.ts';
import { say } from './print.ts';
import { openSession, type Person, remoteApi } from './session.ts';

const program = new Command('ops')
  .description('Meterbridge for people at a command line. Speaks to the system that runs here, or to METERBRIDGE_API.')
  .addOption(
    new Option('--as <person>', 'whom of a local system to act as').choices([
      'preparer',
      'approver',
      'operator',
      'success',
    ]),
  );

/** Signed in as `--as`, else as whom the command usually is for. */
const as = async (usual: Person): Promise<ApiClient> => {
  const { apiBase, token } = await openSession(usual, program.opts<{ as?: Person }>().as);
  return apiClient(apiBase, token);
};

program
  .command('sign-in')
  .description('sign in to METERBRIDGE_API through the browser; kept in .local/ until it expires')
  .action(signInHere);
program.command('sign-out').description('forget the kept sign-in').action(signOutHere);

const close = program.command('close').description('close a period: start, follow, decide');
close
  .command('start <start> <end>')
  .description('start closing local dates <start> up to, without, <end>, e.g. 2026-10-01 2026-11-01')
  .action(async (start: string, end: string) => startClose(await as('preparer'), start, end));
close.command('list').action(async () => listCloses(await as('preparer')));
close.command('status <closeId>').action(async (id: string) => closeStatus(await as('preparer'), id));
close
  .command('approve <closeId> [manifestId]')
  .description('approve the manifest, or all that wait; never your own close')
  .action(async (id: string, manifest?: string) => decide(await as('approver'), id, 'approve', manifest));
close
  .command('return <closeId> <manifestId>')
  .requiredOption('--reason <text>', 'why it goes back')
  .action(async (id: string, manifest: string, options: { reason: string }) =>
    decide(await as('approver'), id, 'return', manifest, options.reason),
  );

program
  .command('exception')
  .description('decide what a close could not')
  .command('resolve <exceptionId> <decision>')
  .requiredOption('--reason <text>', 'why')
  .action(async (id: string, decision: string, options: { reason: string }) =>
    resolveException(await as('preparer'), id, decision, options.reason),
  );

const document = program.command('document').description('the documents of a close: state, lines, tries');
document.command('list <closeId>').action(async (closeId: string) => listDocuments(await as('preparer'), closeId));
document.command('show <documentId>').action(async (id: string) => showDocument(await as('preparer'), id));

const dlq = program.command('dlq').description('dead-letter queues: what is in them, why, and back');
dlq.command('list').action(async () => listQueues(await as('operator')));
dlq
  .command('show <queue>')
  .option('--limit <n>', 'at most so many', '20')
  .action(async (name: string, options: { limit: string }) =>
    showQueue(await as('operator'), name, Number(options.limit)),
  );
dlq
  .command('redrive <queue>')
  .option('--class <class>', 'only messages with this error class')
  .option('--contains <text>', 'only messages that contain this text')
  .option('--limit <n>', 'at most so many')
  .option('--per-second <n>', 'not faster than this')
  .option('--confirm', 'do it; without this it is only a preview')
  .action(async (name: string, options: Parameters<typeof redrive>[2]) => redrive(await as('operator'), name, options));

const quarantine = program.command('quarantine').description('rejected events: why, and back or written off');
/** Which lines: what all commands about many of them take. */
const meant = (command: Command): Command =>
  command
    .option('--code <code>', 'only this reason, e.g. SCHEMA')
    .option('--from <when>', 'arrived at or after this date or time (UTC)')
    .option('--to <when>', 'arrived before it')
    .option('--subject <subject>', 'only of this subject')
    .option('--type <type>', 'only of this event type')
    .option('--source <source>', 'only of this source')
    .option('--schema <dataschema>', 'only of this schema version, by its address')
    .option('--text <text>', 'only where the sentence contains this');
quarantine
  .command('counts')
  .description('how many there are by reason and state, and how long the oldest has waited')
  .action(async () => countQuarantine(await as('operator')));
meant(quarantine.command('list'))
  .option('--state <state>', 'waiting, releasing, released or written-off')
  .option('--job <jobId>', 'only what this job decided')
  .option('--limit <n>', 'at most so many', '50')
  .action(async ({ limit, ...options }: QuarantineOptions & { limit: string }) =>
    listQuarantine(await as('operator'), options, Number(limit)),
  );
quarantine.command('show <id>').action(async (id: string) => showQuarantine(await as('operator'), id));
quarantine
  .command('judge <id>')
  .description('what would become of it if it was released now; changes nothing')
  .option('--body <file>', 'the line as it is in this file')
  .action(async (id: string, options: { body?: string }) => judgeQuarantine(await as('operator'), id, options.body));
quarantine
  .command('release <id>')
  .description('put it on the stream again, as it came or as it is in a file; repeat it if it was interrupted')
  .requiredOption('--note <text>', 'why')
  .option('--body <file>', 'the line as it is in this file')
  .option('--force', 'although it would be refused again')
  .action(async (id: string, options: Parameters<typeof releaseQuarantine>[2]) =>
    releaseQuarantine(await as('operator'), id, options),
  );
meant(quarantine.command('release-all'))
  .description('release every waiting line that is like that and would pass now, e.g. after a schema was mended')
  .requiredOption('--note <text>', 'why')
  .option('--preview', 'only say how many would pass, and why the others would not')
  .action(async (options: Parameters<typeof releaseMany>[1]) => releaseMany(await as('operator'), options));
quarantine
  .command('write-off <id>')
  .description('say that it will never be counted; the line is kept')
  .requiredOption('--reason <text>', 'why')
  .action(async (id: string, options: { reason: string }) =>
    writeOffQuarantine(await as('operator'), id, options.reason),
  );
meant(quarantine.command('write-off-all'))
  .description('write off every waiting line that is like that')
  .requiredOption('--reason <text>', 'why')
  .option('--preview', 'only say how many')
  .action(async (options: Parameters<typeof writeOffMany>[1]) => writeOffMany(await as('operator'), options));

program
  .command('explain')
  .description('why this amount?')
  .command('line <lineId>')
  .option('--limit <n>', 'show at most so many events', '20')
  .action(async (id: string, options: { limit: string }) =>
    explainLine(await as('preparer'), id, Number(options.limit)),
  );

const audit = program.command('audit').description('who did what, when, why');
audit.command('verify').action(async () => verifyAudit(await as('operator')));
audit
  .command('list')
  .option('--after <entry>', 'from after this entry')
  .action(async (options: { after?: string }) => listAudit(await as('operator'), options.after));

const catalog = program.command('catalog').description('meters, prices, contracts, mappings and rules');
const month = () => new Option('--month <YYYY-MM>', 'what {{month}} in the files stands for').makeOptionMandatory();
catalog
  .command('propose [folder]')
  .description('propose the entries of a folder; another person approves them')
  .addOption(month())
  .action(async (folder: string | undefined, options: { month: string }) =>
    proposeCatalog(await as('preparer'), folder ?? 'catalog', options.month),
  );
catalog
  .command('approve <publicationId>')
  .description('see what a publication changes, and publish it by typing its hash; never your own')
  .option('--hash <hash>', 'the hash of what you have seen, where nobody can be asked')
  .action(async (id: string, options: { hash?: string }) => approveCatalog(await as('approver'), id, options.hash));
catalog
  .command('publish [folder]')
  .description('on a local system: propose as one of its people and approve as another')
  .addOption(month())
  .action(async (folder: string | undefined, options: { month: string }) => {
    if (remoteApi() !== undefined) throw new Error('here two people publish: catalog propose, then catalog approve');
    await publishCatalog(await as('preparer'), await as('approver'), folder ?? 'catalog', options.month);
  });

const usage = program.command('usage').description('what came in and what it amounts to');
usage
  .command('totals <start> <end>')
  .action(async (start: string, end: string) => usageTotals(await as('operator'), start, end));
usage
  .command('account <account> [start] [end]')
  .description('usage of the dates given, or of the running period to date')
  .option('--meter <meter>', 'only this meter')
  .addOption(new Option('--window <size>', 'window by window').choices(['slot', 'hour', 'day']))
  .action(
    async (
      account: string,
      start: string | undefined,
      end: string | undefined,
      options: { meter?: string; window?: string },
    ) => accountUsage(await as('success'), account, { start, end, ...options }),
  );
usage
  .command('unattributed')
  .description('usage of subjects that nobody owns, the oldest first')
  .option('--start <date>', 'since this UTC date; else as far back as there is any')
  .action(async (options: { start?: string }) => unattributedUsage(await as('operator'), options.start));
usage
  .command('drift')
  .description('fields that events carry and their schema does not know')
  .action(async () => driftOfUsage(await as('operator')));
usage.command('settle').action(async () => settle(await as('operator')));
usage
  .command('cancel <eventId>')
  .description('take an event back, for ever')
  .requiredOption('--subject <subject>', 'its subject')
  .requiredOption('--source <source>', 'its source')
  .requiredOption('--time <time>', 'its own time: that tells where it lies')
  .requiredOption('--reason <text>', 'why')
  .action(async (id: string, options: EventOptions) => cancelEvent(await as('operator'), id, options));

const backfill = program.command('backfill').description('corrections that count together or not at all');
backfill
  .command('open')
  .requiredOption('--reason <text>', 'what it corrects, and why')
  .action(async (options: { reason: string }) => openBackfill(await as('operator'), options.reason));
backfill.command('list').action(async () => listBackfills(await as('operator')));
backfill.command('show <backfillId>').action(async (id: string) => showBackfill(await as('operator'), id));
backfill
  .command('load <backfillId> <file>')
  .description('load events, replacements and cancellations: one CloudEvent per line')
  .action(async (id: string, file: string) => loadBackfill(await as('operator'), id, file));
backfill
  .command('seal <backfillId>')
  .description('take nothing more, and tell what closing would change')
  .action(async (id: string) => sealBackfill(await as('operator'), id));
backfill.command('preview <backfillId>').action(async (id: string) => previewBackfill(await as('operator'), id));
backfill
  .command('close <backfillId>')
  .description('make it count')
  .action(async (id: string) => closeBackfill(await as('operator'), id));
backfill
  .command('revert <backfillId>')
  .description('make it count no more, for ever')
  .requiredOption('--reason <text>', 'why')
  .action(async (id: string, options: { reason: string }) => revertBackfill(await as('operator'), id, options.reason));

const apiKey = program.command('api-key').description('keys by which product services send events');
apiKey
  .command('create <name> <source...>')
  .description('issue a key for these sources; a name may have two, so that one is replaced without a gap')
  .action(async (name: string, sources: string[]) => createKey(await as('operator'), name, sources));
apiKey.command('revoke <keyId>').action(async (keyId: string) => revokeKey(await as('operator'), keyId));

ledgerCommands(program, as);

try {
  await program.parseAsync();
} catch (error) {
  const code = error instanceof ApiError ? ` (${error.code})` : '';
  say(`${error instanceof Error ? error.message : String(error)}${code}`);
  process.exitCode = 1;
}
