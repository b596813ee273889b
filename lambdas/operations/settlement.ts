import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { ProblemError } from '../platform/problem.ts';

/** Runs the settle sweep now. Answers the number of days whose usage changed. */
export type Settlement = { run(): Promise<{ readonly settledDays: number }> };

const readAnswer = (payload: Uint8Array | undefined): { readonly settledDays: number } => {
  const answer: unknown = JSON.parse(Buffer.from(payload ?? []).toString('utf8') || 'null');
  if (typeof answer === 'object' && answer !== null && 'settledDays' in answer) {
    return { settledDays: Number(answer.settledDays) };
  }
  throw new Error('the settle function answered without settledDays');
};

/** The settle sweep as a Lambda function, invoked and waited for. @throws {ProblemError} 502 if the sweep failed. */
export const lambdaSettlement = (client: LambdaClient, functionName: string): Settlement => ({
  run: async () => {
    const { FunctionError, Payload } = await client.send(
      new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify({ sweep: true })) }),
    );
    if (FunctionError !== undefined) {
      throw new ProblemError(502, 'SETTLE_FAILED', 'the settle sweep failed; its log says why. Start it again.');
    }
    return readAnswer(Payload);
  },
});
