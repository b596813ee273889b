import path from 'node:path';

/** The folder of the checkout. */
export const root = path.resolve(import.meta.dirname, '..');

/** Where everything that the local side writes goes; ignored by git. */
export const localDirectory = path.join(root, '.local');
