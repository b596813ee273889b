/** The one place where the console reads the machine's clock. */

/** Now, in milliseconds since 1970. */
export const nowMillis = (): number => Date.now();
