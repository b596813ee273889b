import type { System } from './system.ts';

/** What a person needs to look around. */
export const describeSystem = ({ apiBase, consoleUrl, endpoint, sandboxes, users }: System): string =>
  [
    '',
    `  Console    ${consoleUrl}`,
    `  API        ${apiBase}`,
    `  AWS        ${endpoint} (emulator, region us-east-1, keys test/test)`,
    `  NetSuite   ${sandboxes.netsuite.url} (sandbox)`,
    `  Gainsight  ${sandboxes.gainsight.url} (sandbox)`,
    '',
    'Sign in to the console as one of these; passwords are new each time:',
    '',
    ...Object.values(users).map(({ name, password, group }) => `  ${name.padEnd(10)} ${password}   ${group}`),
    '',
    'The command line finds this system from a second terminal: npm run ops -- close list',
    '',
  ].join('\n');
