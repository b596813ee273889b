import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** Starts settle sweeps. A sweep may take its quarter of an hour, an answer of the API 29 seconds: nobody waits for it. */
export type SettleStarter = { start(settlementId: string): Promise<void> };

/** The settle sweep as a Lambda function, started and left to itself. */
export const lambdaSettle = (client: LambdaClient, functionName: string): SettleStarter => ({
  start: async (settlementId) => {
    await client.send(
      new InvokeCommand({
        FunctionName: functionName,
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify({ sweep: true, settlementId })),
      }),
    );
  },
});
