import type { ApiRoute } from '../../platform/http-edge.ts';
import { ProblemError } from '../../platform/problem.ts';
import type { CloseStore } from '../close-store.ts';
import { type ResolvePorts, resolveException } from '../resolve-exception.ts';
import { objectOf, partOf, READERS, textOf, withCursor, wordOf } from './requests.ts';

const PAGE = 50;
/** A decision is a short word, so that decisions can be counted. */
const DECISION = /^[a-z][a-z0-9-]{1,39}$/;

/** `/v1/exceptions`: what a person must decide before money moves. */
export const exceptionRoutes = (
  ports: ResolvePorts & { readonly store: Pick<CloseStore, 'listExceptions'> },
): ApiRoute[] => [
  {
    method: 'GET',
    path: '/v1/exceptions',
    roles: READERS,
    run: async ({ query }) => {
      const state = wordOf({ state: query.state ?? 'open' }, 'state', ['open', 'resolved']);
      const body = await withCursor(query.after, () => ports.store.listExceptions(state, PAGE, query.after));
      return { status: 200, body };
    },
  },
  {
    method: 'POST',
    path: '/v1/exceptions/{exceptionId}/resolution',
    roles: ['finance-preparer', 'operator'],
    run: async ({ path, body, caller }) => {
      const fields = objectOf(body);
      const decision = textOf(fields, 'decision');
      if (!DECISION.test(decision)) {
        throw new ProblemError(
          400,
          'BAD_REQUEST',
          '/decision must be one of accepted (it stands as it is), fixed (the cause is mended; the next close looks again) and void (only of a document that was not posted), or a short word of your own like count-both, which counts as accepted',
        );
      }
      const exception = await resolveException(ports, {
        exceptionId: partOf(path, 'exceptionId'),
        decision,
        reason: textOf(fields, 'reason'),
        by: caller.name,
      });
      return { status: 200, body: { exception } };
    },
  },
];
