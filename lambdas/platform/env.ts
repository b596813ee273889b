/**
 * A required environment variable of a function.
 * @throws {Error} naming the variable if it is missing: the function must not start half configured.
 */
export const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`environment variable ${name} is not set`);
  return value;
};
