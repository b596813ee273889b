import type { QuarantineStore } from '../usage/quarantine/quarantine.ts';

const PAGE = 1000;

/** How many rejected events wait for a person. */
export const waitingIn = (quarantine: Pick<QuarantineStore, 'list'>) => async (): Promise<number> => {
  let count = 0;
  let after: string | undefined;
  do {
    const page = await quarantine.list({ state: 'waiting', ...(after === undefined ? {} : { after }) }, PAGE);
    count += page.entries.length;
    after = page.next;
  } while (after !== undefined);
  return count;
};
