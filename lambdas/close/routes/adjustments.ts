import type { ApiRoute } from '../../platform/http-edge.ts';
import { ProblemError } from '../../platform/problem.ts';
import { type AdjustPorts, makeAdjustment } from '../adjust.ts';
import type { CloseStore } from '../close-store.ts';
import { type DisputePorts, disputeLine } from '../dispute-line.ts';
import { objectOf, optionalTextOf, partOf, READERS, textOf, wordOf } from './requests.ts';

type Ports = AdjustPorts & DisputePorts & { readonly store: Pick<CloseStore, 'close' | 'entries'> };

/** Lines that are adjusted or disputed, and what stands beside the rating of a close. */
export const adjustmentRoutes = (ports: Ports): ApiRoute[] => [
  {
    method: 'POST',
    path: '/v1/lines/{lineId}/adjustments',
    roles: ['finance-preparer'],
    run: async ({ path, body, caller }) => {
      const fields = objectOf(body);
      const optional = Object.fromEntries(
        (['amount', 'document', 'key'] as const).flatMap((name) => {
          const text = optionalTextOf(fields, name);
          return text === undefined ? [] : [[name, text]];
        }),
      );
      const adjustment = await makeAdjustment(ports, {
        about: partOf(path, 'lineId'),
        kind: wordOf(fields, 'kind', ['goodwill', 'excluded-line', 'repair']),
        ...optional,
        reason: textOf(fields, 'reason'),
        by: caller.name,
      });
      return { status: 201, body: { adjustment } };
    },
  },
  {
    method: 'POST',
    path: '/v1/lines/{lineId}/dispute',
    roles: ['finance-preparer', 'operator'],
    run: async ({ path, body, caller }) => {
      const said = { lineId: partOf(path, 'lineId'), reason: textOf(objectOf(body), 'reason'), by: caller.name };
      return { status: 201, body: { exception: await disputeLine(ports, said) } };
    },
  },
  {
    method: 'GET',
    path: '/v1/closes/{closeId}/entries',
    roles: READERS,
    run: async ({ path }) => {
      const closeId = partOf(path, 'closeId');
      const record = await ports.store.close(closeId);
      if (record === undefined) throw new ProblemError(404, 'NO_SUCH_CLOSE', `there is no close ${closeId}`);
      return { status: 200, body: { items: await ports.store.entries(record) } };
    },
  },
];
