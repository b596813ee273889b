import type { Position, QuarantineCode, QuarantineSummary } from '../types.ts';
import { QUARANTINE_CODES, type QuarantineStore } from './quarantine.ts';

const PAGE = 500;

/** One text per position, for maps. */
export const positionText = ({ stream, shard, sequence, index }: Position): string =>
  `${stream}/${shard}/${sequence}/${index}`;

/** What became of a refused line. */
export type Refused = Pick<QuarantineSummary, 'code' | 'state'>;

/** There are more refused lines than can be looked at. */
export class TooManyRefused extends RangeError {
  override readonly name = 'TooManyRefused';
}

/**
 * What became of every refused line that arrived from an instant on, by its position.
 * @throws {TooManyRefused} if there are more than `most`.
 */
export const refusedFrom = async (
  quarantine: Pick<QuarantineStore, 'list'>,
  from: string,
  most = Number.POSITIVE_INFINITY,
): Promise<Map<string, Refused>> => {
  const refused = new Map<string, Refused>();
  await Promise.all(
    QUARANTINE_CODES.map(async (code) => {
      let after: string | undefined;
      do {
        const page = await quarantine.list({ code, from, ...(after === undefined ? {} : { after }) }, PAGE);
        for (const { position, state } of page.entries) refused.set(positionText(position), { code, state });
        if (refused.size > most) throw new TooManyRefused(`more than ${most} lines were refused since ${from}`);
        after = page.next;
      } while (after !== undefined);
    }),
  );
  return refused;
};

/** The code of every quarantined line that arrived from an instant on, by its position. */
export const quarantinedFrom = async (
  quarantine: Pick<QuarantineStore, 'list'>,
  from: string,
): Promise<Map<string, QuarantineCode>> =>
  new Map([...(await refusedFrom(quarantine, from))].map(([position, { code }]) => [position, code]));
