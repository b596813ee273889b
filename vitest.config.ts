import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * What runs alone in milliseconds, what synthesizes the CDK app, the console over a fake API, what needs the whole system, and
 * that under IAM.
 */
export default defineConfig({
  cacheDir: '.local/vitest',
  test: {
    globalSetup: ['scripts/generate.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/{unit,property,contract,simulation}/**/*.test.{ts,tsx}'],
          // A busy machine takes three times as long as a quiet one; a test that hangs still ends.
          testTimeout: 60_000,
          // The default leaves one core to vitest itself, which on two cores is half of the machine for nothing.
          maxWorkers: availableParallelism(),
        },
      },
      {
        extends: true,
        test: {
          name: 'synth',
          include: ['test/synth/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          // The CDK library takes seconds to load, and these tests share nothing else: load it once for all files.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'console',
          globalSetup: ['test/console-fake/build-site.ts'],
          include: ['test/console/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          globalSetup: ['local/emulator/for-tests.ts'],
          include: ['test/e2e/**/*.test.ts'],
          // Against AWS itself: only where somebody names an endpoint.
          exclude: process.env.MB_CONTRACT_ENDPOINT === undefined ? ['test/e2e/aws-stores.test.ts'] : [],
          testTimeout: 300_000,
          hookTimeout: 900_000,
          fileParallelism: false,
          maxWorkers: 1,
        },
      },
      {
        extends: true,
        test: {
          name: 'iam',
          include: ['test/iam/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
