/** What must always hold did not. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** @throws {Violation} always. */
export const fail = (message: string): never => {
  throw new Violation(message);
};
