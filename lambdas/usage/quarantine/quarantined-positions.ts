import type { Position, QuarantineCode } from '../types.ts';
import { QUARANTINE_CODES, type QuarantineStore } from './quarantine.ts';

const PAGE = 500;

/** One text per position, for maps. */
export const positionText = ({ stream, shard, sequence, index }: Position): string =>
  `${stream}/${shard}/${sequence}/${index}`;

/** The code of every quarantined line that arrived from an instant on, by its position. */
export const quarantinedFrom = async (
  quarantine: Pick<QuarantineStore, 'list'>,
  from: string,
): Promise<Map<string, QuarantineCode>> => {
  const codes = new Map<string, QuarantineCode>();
  await Promise.all(
    QUARANTINE_CODES.map(async (code) => {
      let after: string | undefined;
      do {
        const page = await quarantine.list({ code, from, ...(after === undefined ? {} : { after }) }, PAGE);
        for (const { position } of page.entries) codes.set(positionText(position), code);
        after = page.next;
      } while (after !== undefined);
    }),
  );
  return codes;
};
