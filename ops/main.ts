import { Command, Option } from 'commander';
import { type ApiClient, ApiError, apiClient } from './api-client.ts';
import { type AdjustOptions, adjustLine, disputeLine, listEntries } from './commands/adjustments.ts';
import { listAudit, verifyAudit } from './commands/audit.ts';
import { approveCatalog, proposeCatalog, publishCatalog } from './commands/catalog.ts';
import { closeStatus, decide, listCloses, resolveException, startClose } from './commands/close.ts';
import { listDocuments, showDocument } from './commands/documents.ts';
import { explainLine, verifyLine } from './commands/explain.ts';
import { diffBooks, listBooks, type Submission, showBook, submitBook } from './commands/price-books.ts';
import { listQueues, redrive, showQueue } from './commands/queues.ts';
import { signInHere, signOutHere } from './commands/sign-in.ts';
import { ledgerCommands } from './ledger-commands.ts';
import { priceCommands } from './price-commands.ts';
import { say, wholeNumber } from './print.ts';
import { openSession, type Person, remoteApi } from './session.ts';
import { terminalShower } from './shower.ts';
import { usageCommands } from './usage-commands.ts';

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
  return apiClient(apiBase, token, terminalShower());
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
  .option('--supersede', 'what waits for approval gives way to a new run')
  .action(async (start: string, end: string, options: { supersede?: true }) =>
    startClose(await as('preparer'), start, end, options.supersede),
  );
close
  .command('entries <closeId>')
  .description('what stands beside the rating of its dates: adjustments, what was written off')
  .action(async (id: string) => listEntries(await as('preparer'), id));
close
  .command('list')
  .description('all of them, and how each stands')
  .action(async () => listCloses(await as('preparer')));
close
  .command('status <closeId>')
  .description('one: its steps, manifests, exceptions and breaks')
  .action(async (id: string) => closeStatus(await as('preparer'), id));
close
  .command('approve <closeId> [manifestId]')
  .description('approve the manifest, or all that wait; never your own close')
  .action(async (id: string, manifest?: string) => decide(await as('approver'), id, 'approve', manifest));
close
  .command('return <closeId> <manifestId>')
  .description('send a manifest back')
  .requiredOption('--reason <text>', 'why it goes back')
  .action(async (id: string, manifest: string, options: { reason: string }) =>
    decide(await as('approver'), id, 'return', manifest, options.reason),
  );

program
  .command('exception')
  .description('decide what a close could not')
  .command('resolve <exceptionId> <decision>')
  .description('decide one; "close status" names the decisions that it takes')
  .requiredOption('--reason <text>', 'why')
  .action(async (id: string, decision: string, options: { reason: string }) =>
    resolveException(await as('preparer'), id, decision, options.reason),
  );

program
  .command('adjust <lineId> <kind>')
  .description('decide something about a line beside its rating: goodwill, excluded-line or repair')
  .requiredOption('--reason <text>', 'why')
  .option('--amount <decimal>', "in the line's currency, negative for what the customer gets; not for excluded-line")
  .option('--document <number>', 'for repair: the document in the ERP that was made by hand')
  .option('--key <text>', 'a ticket or dispute, so that another one of the same amount is not taken for this one')
  .action(async (id: string, kind: string, options: AdjustOptions) =>
    adjustLine(await as('preparer'), id, kind, options),
  );

program
  .command('dispute <lineId>')
  .description('hold a line, and those that share something with it, until somebody decides')
  .requiredOption('--reason <text>', 'what is doubted')
  .action(async (id: string, options: { reason: string }) => disputeLine(await as('preparer'), id, options.reason));

const document = program.command('document').description('the documents of a close: state, lines, tries');
document
  .command('list <closeId>')
  .description('the documents of a close')
  .action(async (closeId: string) => listDocuments(await as('preparer'), closeId));
document
  .command('show <documentId>')
  .description('one: its lines with their ids, every try to deliver it')
  .action(async (id: string) => showDocument(await as('preparer'), id));

const dlq = program.command('dlq').description('dead-letter queues: what is in them, why, and back');
dlq
  .command('list')
  .description('all queues, how much is in each, since when')
  .action(async () => listQueues(await as('operator')));
dlq
  .command('show <queue>')
  .description('what is in one, and why')
  .option('--limit <n>', 'at most so many', '20')
  .action(async (name: string, options: { limit: string }) =>
    showQueue(await as('operator'), name, wholeNumber('--limit', options.limit)),
  );
dlq
  .command('redrive <queue>')
  .description('send messages back to where they failed; a preview until --confirm')
  .option('--class <class>', 'only messages with this error class')
  .option('--contains <text>', 'only messages that contain this text')
  .option('--limit <n>', 'at most so many')
  .option('--per-second <n>', 'not faster than this')
  .option('--confirm', 'do it; without this it is only a preview')
  .action(async (name: string, options: Parameters<typeof redrive>[2]) => redrive(await as('operator'), name, options));

program
  .command('explain')
  .description('why this amount?')
  .command('line <lineId>')
  .description('from a line of a document to its arithmetic and the very events')
  .option('--limit <n>', 'show at most so many events', '20')
  .action(async (id: string, options: { limit: string }) =>
    explainLine(await as('preparer'), id, wholeNumber('--limit', options.limit)),
  );

program
  .command('verify')
  .description('is it what the ledger says?')
  .command('line <lineId>')
  .description('recompute a line from the ledger with everything it pins; ends with 1 if it differs')
  .action(async (id: string) => verifyLine(await as('preparer'), id));

const audit = program.command('audit').description('who did what, when, why');
audit
  .command('verify')
  .description('is its hash chain whole?')
  .action(async () => verifyAudit(await as('operator')));
audit
  .command('list')
  .description('its entries, page by page')
  .option('--after <entry>', 'from after this entry')
  .action(async (options: { after?: string }) => listAudit(await as('operator'), options.after));

const catalog = program.command('catalog').description('meters, prices, contracts, mappings and rules');
const accepted = () =>
  new Option('--accept <key...>', 'what the checks doubt and you mean, by the keys that they name').default([], 'none');
const month = () => new Option('--month <YYYY-MM>', 'what {{month}} in the files stands for').makeOptionMandatory();
catalog
  .command('propose [folder]')
  .description('propose the entries of a folder; another person approves them')
  .addOption(month())
  .addOption(accepted())
  .action(async (folder: string | undefined, options: { month: string; accept: string[] }) =>
    proposeCatalog(await as('preparer'), folder ?? 'catalog', options.month, options.accept),
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

const books = program
  .command('price-book')
  .description('price books: their versions, what they say, from draft to published');
books
  .command('list')
  .description('every version of every book: draft, submitted, published, superseded')
  .action(async () => listBooks(await as('preparer')));
books
  .command('show <id>')
  .description('the prices of one in words; without --version of the one in force')
  .option('--version <version>', 'a number, or the publication that it waits in')
  .action(async (id: string, options: { version?: string }) => showBook(await as('preparer'), id, options.version));
books
  .command('diff <id> [from] [to]')
  .description('what the second of two versions says otherwise; a version that is not named is the one in force')
  .action(async (id: string, from?: string, to?: string) => diffBooks(await as('preparer'), id, from, to));
books
  .command('submit <file>')
  .description('submit a file of one entry, or a draft (pub-…); another person publishes it')
  .option('--draft', 'keep it as a draft instead')
  .addOption(accepted())
  .action(async (file: string, options: Submission) => submitBook(await as('preparer'), file, options));
books
  .command('publish <publicationId>')
  .description('see what it changes and what is doubted, and publish it by typing its hash; never your own')
  .option('--hash <hash>', 'the hash of what you have seen, where nobody can be asked')
  .action(async (id: string, options: { hash?: string }) => approveCatalog(await as('approver'), id, options.hash));

// Whoever reads may have seen enough (`| head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

usageCommands(program, as);
priceCommands(program, as);
ledgerCommands(program, as);

try {
  await program.parseAsync();
} catch (error) {
  const code = error instanceof ApiError ? ` (${error.code})` : '';
  say(`${error instanceof Error ? error.message : String(error)}${code}`);
  process.exitCode = 1;
}
