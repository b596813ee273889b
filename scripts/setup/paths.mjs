import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Where everything that is installed, cached or written while running goes; ignored by git. */
export const localDirectory = path.join(root, '.local');

/** The Node that every task runs on, whatever the machine has (devDependency `node`). */
export const pinnedNode = path.join(root, 'node_modules/node/bin/node');

/** The Python environment of the emulator. */
export const emulatorVenv = path.join(localDirectory, 'emulator-venv');
