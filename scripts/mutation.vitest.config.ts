import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Unit tests before the properties: most changes are noticed within milliseconds, and the first failure ends the run. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const slow = (file: TestSpecification): number => Number(file.moduleId.includes('/property/'));
    return [...files].sort((a, b) => slow(a) - slow(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

/** The tests that `npm run mutation` runs against changed code: those that take milliseconds, and the properties. */
export default defineConfig({
  cacheDir: '.local/vitest-mutation',
  test: {
    include: ['test/{unit,property}/{usage,usage-edge,rating}/**/*.test.ts'],
    // What holds for stores is not what is changed here; and what is generated for tests is not tested again.
    exclude: ['**/memory-stores.test.ts', '**/golden.test.ts', '**/docs.test.ts', '**/reached.property.test.ts'],
    // A twentieth of the generated cases: enough to notice, and each change is tested with them.
    env: { MB_AGREEMENT_SHARE: '20' },
    setupFiles: ['scripts/mutation.setup.ts'],
    sequence: { sequencer: QuickFirst },
    // The tests of rating keep nothing between them, and one process for all saves a third of the time.
    isolate: false,
    testTimeout: 20_000,
  },
});
