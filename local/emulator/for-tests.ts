import { choosePorts } from '../ports.ts';
import { startEmulator, stopLeftover } from './emulator.ts';

/**
 * What vitest does once before and after the end-to-end tests: an empty emulator for the suites that need AWS services
 * but not the deployed app (`MB_TEST_ENDPOINT`). Its port lies beside those of the whole system.
 */
export default async (): Promise<() => Promise<void>> => {
  const port = choosePorts().emulator + 8;
  await stopLeftover(port);
  const emulator = await startEmulator({ port });
  process.env.MB_TEST_ENDPOINT = emulator.endpoint;
  return emulator.stop;
};
