/** The one place where the command line reads the machine's clock: whether a kept sign-in has expired. */
export const nowMillis = (): number => Date.now();
