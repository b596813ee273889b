import type { Command } from 'commander';
import type { ApiClient } from './api-client.ts';
import { restateLedger } from './commands/corrections.ts';
import { type EventIdentity, explainEvent } from './commands/events.ts';
import { explainNumber, type NumberOptions } from './commands/explain-number.ts';
import { listJobs, resumeJob, showJob } from './commands/jobs.ts';
import { rebuildLedger, verifyLedger } from './commands/ledger.ts';
import { type RecomputeOptions, recomputeLedger } from './commands/recompute.ts';
import {
  decideSameId,
  type Keep,
  listSameIds,
  type RuleOptions,
  ruleSameIds,
  showSameId,
  walkLedger,
} from './commands/same-id.ts';
import type { Person } from './session.ts';

/** The commands about the ledger, its proofs and its events. `as` signs in as whom a command is usually for. */
export const ledgerCommands = (program: Command, as: (usual: Person) => Promise<ApiClient>): void => {
  program
    .command('event')
    .description('one event, by its identity')
    .command('explain <id>')
    .description('where did it go? counted, cancelled, refused, or never seen')
    .requiredOption('--source <source>', 'its source')
    .requiredOption('--subject <subject>', 'its subject')
    .requiredOption('--time <time>', 'its time')
    .action(async (id: string, options: EventIdentity) => explainEvent(await as('operator'), id, options));

  const job = program.command('job').description('long work that the system does on its own');
  job
    .command('list')
    .description('the newest, and how each stands')
    .action(async () => listJobs(await as('operator')));
  job
    .command('show <jobId>')
    .description('one: what was asked, how it stands, what came out')
    .action(async (jobId: string) => showJob(await as('operator'), jobId));
  job
    .command('resume <jobId>')
    .description('let a failed job go on from where it was')
    .action(async (jobId: string) => resumeJob(await as('operator'), jobId));

  const ledger = program
    .command('ledger')
    .description('the proof under the numbers; <start> <end> are UTC dates, <end> not included');
  ledger
    .command('verify <start> <end>')
    .description('are the chains of the ledger and of the audit log whole?')
    .option('--subject <subject>', 'only this subject')
    .action(async (start: string, end: string, options: { subject?: string }) =>
      verifyLedger(await as('operator'), start, end, options.subject),
    );
  ledger
    .command('rebuild <start> <end>')
    .description('make projections and ledger again from archive and ledger, beside what is there, and compare')
    .option('--subject <subject>', 'only this subject')
    .action(async (start: string, end: string, options: { subject?: string }) =>
      rebuildLedger(await as('operator'), start, end, options.subject),
    );
  ledger
    .command('explain <account> <meter> <start> <end>')
    .description('what is a number made of? period, days, slots, appends, and the events as they were sent')
    .option('--dimension <name=value...>', 'only these values')
    .option('--at <place>', 'go on with a day, a slot or an append of the level above')
    .option('--down', 'go down by the first part of each level')
    .action(async (account: string, meter: string, start: string, end: string, options: NumberOptions) =>
      explainNumber(await as('operator'), account, meter, { start, end }, options),
    );
  ledger
    .command('recompute <start> <end>')
    .description('compute every daily figure again, from the archive alone, in SQL, and compare')
    .option('--bucket <name>', 'the archive, for a system on AWS; read with the AWS credentials of the environment')
    .option('--folder <path>', 'where the copy of the archive is kept', '.local/recompute')
    .option('--since <date>', 'read no more of the archive: values that were set before (seats, storage) then differ')
    .action(async (start: string, end: string, options: RecomputeOptions) =>
      recomputeLedger(await as('operator'), start, end, options),
    );
  ledger
    .command('restate <start> <end>')
    .description('measure old usage with the meters as they are now')
    .option('--subject <subject>', 'only this subject')
    .action(async (start: string, end: string, options: { subject?: string }) =>
      restateLedger(await as('operator'), start, end, options.subject),
    );
  ledger
    .command('walk')
    .description('walk the ledger now: verify, journal, find ids that came again, sign its root')
    .option('--through <date>', 'also days up to this UTC date that may not be settled yet')
    .action(async (options: { through?: string }) => walkLedger(await as('operator'), options.through));

  const sameId = program.command('same-id').description('event ids that were counted more than once');
  const keeps = '"first": the others are cancelled; "all": each of them counts';
  sameId
    .command('list')
    .description('those that wait for a decision or for a walk')
    .action(async () => listSameIds(await as('operator')));
  sameId
    .command('show <findingId>')
    .description('one: the event, where it was counted, what was decided')
    .action(async (id: string) => showSameId(await as('operator'), id));
  sameId
    .command('decide <findingId> <keep>')
    .description(`decide one, ${keeps}`)
    .requiredOption('--reason <text>', 'why')
    .action(async (id: string, keep: Keep, options: { reason: string }) =>
      decideSameId(await as('operator'), id, keep, options.reason),
    );
  sameId
    .command('rule <source> <keep>')
    .description(`decide all open ones of a producer, ${keeps}`)
    .requiredOption('--from <time>', 'only those with an event from this time or date on')
    .requiredOption('--to <time>', 'and before this one')
    .requiredOption('--reason <text>', 'why')
    .action(async (source: string, keep: Keep, options: RuleOptions) =>
      ruleSameIds(await as('operator'), source, keep, options),
    );
};
