import { defineConfig } from 'vitest/config';

/** The tests that `npm run mutation` runs against changed code: those that take milliseconds, and the properties. */
export default defineConfig({
  cacheDir: '.local/vitest-mutation',
  test: {
    include: ['test/{unit,property}/{usage,usage-edge,rating}/**/*.test.ts'],
    // What holds for stores is not what is changed here.
    exclude: ['**/memory-stores.test.ts', '**/golden.test.ts', '**/docs.test.ts'],
    // A twentieth of the generated cases: enough to notice, and each change is tested with them.
    env: { MB_AGREEMENT_SHARE: '20' },
    testTimeout: 20_000,
  },
});
