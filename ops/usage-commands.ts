import { type Command, Option } from 'commander';
import type { ApiClient } from './api-client.ts';
import { accountUsage } from './commands/account-usage.ts';
import { createKey, revokeKey } from './commands/api-keys.ts';
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
import { cancelEvent, type EventOptions } from './commands/corrections.ts';
import { showEntitlements } from './commands/entitlements.ts';
import { settle, usageTotals } from './commands/ledger.ts';
import { countQuarantine, listQuarantine, type QuarantineOptions, showQuarantine } from './commands/quarantine.ts';
import {
  judgeQuarantine,
  releaseMany,
  releaseQuarantine,
  writeOffMany,
  writeOffQuarantine,
} from './commands/quarantine-decisions.ts';
import { driftOfUsage, unattributedUsage } from './commands/usage-reports.ts';
import { wholeNumber } from './print.ts';
import type { Person } from './session.ts';

/** The commands about what comes in, is refused and is corrected. `as` signs in as whom a command is usually for. */
export const usageCommands = (program: Command, as: (usual: Person) => Promise<ApiClient>): void => {
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
    .description('the rejected lines by reason, those first that came first')
    .option('--state <state>', 'waiting, releasing, released or written-off')
    .option('--job <jobId>', 'only what this job decided')
    .option('--limit <n>', 'at most so many', '50')
    .action(async ({ limit, ...options }: QuarantineOptions & { limit: string }) =>
      listQuarantine(await as('operator'), options, wholeNumber('--limit', limit)),
    );
  quarantine
    .command('show <id>')
    .description('one of them, whole, with a mark at the place that is wrong')
    .option('--save <file>', 'also write the line into this file, to edit and release it')
    .action(async (id: string, options: { save?: string }) => showQuarantine(await as('operator'), id, options.save));
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

  const usage = program.command('usage').description('what came in and what it amounts to');
  usage
    .command('totals <start> <end>')
    .description('every line that came in, and what became of it; UTC dates, <end> not included')
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
    .command('entitlements <account> [feature]')
    .description('what an account may use, what is left of it, and when it will be used up')
    .action(async (account: string, feature?: string) => showEntitlements(await as('success'), account, feature));
  usage
    .command('unattributed')
    .description('usage of subjects that nobody owns, the oldest first')
    .option('--start <date>', 'since this UTC date; else as far back as there is any')
    .action(async (options: { start?: string }) => unattributedUsage(await as('operator'), options.start));
  usage
    .command('drift')
    .description('fields that events carry and their schema does not know')
    .action(async () => driftOfUsage(await as('operator')));
  usage
    .command('settle')
    .description('settle now what has ended or changed, instead of with the next sweep')
    .action(async () => settle(await as('operator')));
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
    .description('open one, and get its id')
    .requiredOption('--reason <text>', 'what it corrects, and why')
    .action(async (options: { reason: string }) => openBackfill(await as('operator'), options.reason));
  backfill
    .command('list')
    .description('all of them, the newest first')
    .action(async () => listBackfills(await as('operator')));
  backfill
    .command('show <backfillId>')
    .description('how one stands, who did what, how much is in it')
    .action(async (id: string) => showBackfill(await as('operator'), id));
  backfill
    .command('load <backfillId> <file>')
    .description('load events, replacements and cancellations: one CloudEvent per line')
    .action(async (id: string, file: string) => loadBackfill(await as('operator'), id, file));
  backfill
    .command('seal <backfillId>')
    .description('take nothing more, and tell what closing would change')
    .action(async (id: string) => sealBackfill(await as('operator'), id));
  backfill
    .command('preview <backfillId>')
    .description('each figure that closing a sealed one changes, and the close that billed it')
    .action(async (id: string) => previewBackfill(await as('operator'), id));
  backfill
    .command('close <backfillId>')
    .description('make it count')
    .action(async (id: string) => closeBackfill(await as('operator'), id));
  backfill
    .command('revert <backfillId>')
    .description('make it count no more, for ever')
    .requiredOption('--reason <text>', 'why')
    .action(async (id: string, options: { reason: string }) =>
      revertBackfill(await as('operator'), id, options.reason),
    );

  const apiKey = program.command('api-key').description('keys by which product services send events');
  apiKey
    .command('create <name> [source...]')
    .description('issue a key for these sources; a name may have two, so that one is replaced without a gap')
    .option('--entitlements', 'the key may ask what accounts may use')
    .action(async (name: string, sources: string[], options: { entitlements?: boolean }) =>
      createKey(await as('operator'), name, sources, options),
    );
  apiKey
    .command('revoke <keyId>')
    .description('end a key')
    .action(async (keyId: string) => revokeKey(await as('operator'), keyId));
};
