import path from 'node:path';
import { type BackgroundProgram, startInBackground } from '../background-program.ts';
import { stopLeftoverOf } from '../leftover.ts';
import { localDirectory } from '../paths.ts';
import { freePort } from '../ports.ts';

const MAIN = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner';
const temporary = path.join(localDirectory, 'tmp');
const recordFile = path.join(temporary, 'dynamodb-local.json');

/**
 * Starts DynamoDB Local, all in memory, on a free port of 127.0.0.1 and waits until it answers.
 * @param jars the folder that `fetchDynamoDbLocal` filled
 * @throws with the end of its log when it does not come up
 */
export const startDynamoDbLocal = async (jars: string): Promise<BackgroundProgram> => {
  await stopLeftoverOf(recordFile, MAIN);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  return startInBackground({
    title: 'DynamoDB Local',
    command: 'java',
    args: [
      `-Djava.library.path=${jars}`,
      `-Djava.io.tmpdir=${temporary}`,
      ...['-cp', path.join(jars, '*'), MAIN],
      ...['-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)],
    ],
    directory: jars,
    environment: { ...process.env, DDB_LOCAL_TELEMETRY: '0' },
    endpoint,
    // It refuses what is no signed request, with 400: that is an answer.
    isReady: { url: endpoint, says: ({ status }) => status === 400 },
    withinSeconds: 60,
    logFile: path.join(localDirectory, 'logs/dynamodb-local.log'),
    recordFile,
  });
};
