/** The one place where the command line reads the machine's clock: whether a sign-in has expired, or a wait is too long. */
export const nowMillis = (): number => Date.now();
