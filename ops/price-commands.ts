import type { Command } from 'commander';
import type { ApiClient } from './api-client.ts';
import { type PreviewOptions, previewPrices } from './commands/price-previews.ts';
import type { Person } from './session.ts';
import { terminalShower } from './shower.ts';

/** Adds the commands about what prices would come to. */
export const priceCommands = (program: Command, as: (usual: Person) => Promise<ApiClient>): void => {
  program
    .command('price')
    .description('what would other prices come to?')
    .command('preview')
    .description('rate history again under another price book or contract; nothing that is billed changes')
    .option('--book <book>', 'ID, ID@version, ID@pub-… (one that waits), or a file')
    .option('--replaces <id>', 'the book that contracts name now, where the new one has another id')
    .option('--contract <contract>', 'ID, ID@version, pub-…, or a file: as if it had been agreed all along')
    .option('--months <n>', 'whole months before the running one; 0: only the running one', '3')
    .option('--account <id...>', 'only these; without it all')
    .option('--risk <percent>', 'who pays more than this percent more is at risk (10)')
    .option('--near <percent>', 'within this percent of an edge is near it (10)')
    .option('--export <file...>', 'write every period of every account: .csv or .parquet')
    .action(async (options: PreviewOptions) => previewPrices(await as('preparer'), options, terminalShower()));
};
