import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runToEnd } from '../../scripts/run-to-end.ts';
import { localDirectory } from '../paths.ts';

/** Where the jars of DynamoDB Local lie, or the one sentence that says why they cannot be had on this machine. */
export type Fetched = { readonly jars: string } | { readonly absent: string };

/** Runs a program to its end; exit code 127 means that there is no such program. */
export type Run = (command: string, args: readonly string[]) => Promise<{ code: number; output: string }>;

const OLDEST_JAVA = 17;
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const pom = path.join(import.meta.dirname, 'pom.xml');
const temporary = path.join(localDirectory, 'tmp');

const runHere: Run = async (command, args) => {
  const env = { ...process.env, MAVEN_OPTS: `${process.env.MAVEN_OPTS ?? ''} -Djava.io.tmpdir=${temporary}` };
  try {
    return await runToEnd(command, args, { env });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { code: 127, output: '' };
    throw error;
  }
};

/** What Maven says when it reached no repository, in contrast to a repository that does not have the version. */
const UNREACHED = /Could not transfer|Unknown host|Connection refused|Connect(ion)? timed out|offline mode/i;

/**
 * Fetches DynamoDB Local through Maven, once per version: jars and Maven's own repository go below `.local/`.
 * @returns why not, when Java 17 or Maven is not there, or no repository can be reached
 * @throws the end of Maven's output for any other failure
 */
export const fetchDynamoDbLocal = async (
  run: Run = runHere,
  jars: string = path.join(localDirectory, 'dynamodb-local'),
): Promise<Fetched> => {
  const java = await run('java', ['-version']);
  const version = Number(/version "(\d+)/.exec(java.output)?.[1] ?? 0);
  if (version < OLDEST_JAVA) {
    const found = version === 0 ? 'no Java' : `Java ${version}`;
    return { absent: `DynamoDB Local is passed over: it needs Java ${OLDEST_JAVA} or newer, and here is ${found}.` };
  }
  const fetched = path.join(jars, 'fetched.xml');
  const wanted = readFileSync(pom, 'utf8');
  if (existsSync(fetched) && readFileSync(fetched, 'utf8') === wanted) return { jars };
  if ((await run('mvn', ['-version'])).code !== 0) {
    return { absent: 'DynamoDB Local is passed over: it is fetched by Maven (mvn), which is not here.' };
  }
  rmSync(jars, { recursive: true, force: true });
  for (const directory of [jars, temporary]) mkdirSync(directory, { recursive: true });
  const repository = `-Dmaven.repo.local=${path.join(localDirectory, 'maven')}`;
  const { code, output } = await run('mvn', ['-B', '-q', '-f', pom, repository, COPY, `-DoutputDirectory=${jars}`]);
  if (code !== 0 && UNREACHED.test(output)) {
    return { absent: 'DynamoDB Local is passed over: Maven is here, but reaches no repository to fetch it from.' };
  }
  if (code !== 0) throw new Error(`Maven could not fetch DynamoDB Local: ${output.trim().slice(-1_500)}`);
  writeFileSync(fetched, wanted);
  return { jars };
};
