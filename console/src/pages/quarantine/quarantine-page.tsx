import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import type { QuarantineCode, QuarantineState, QuarantineSummary } from '../../../../lambdas/usage/types.ts';
import { type QuarantineFilter, useQuarantine, useQuarantineCounts } from '../../api/quarantine.ts';
import { formatCount } from '../../format/amount.ts';
import { Page } from '../../frame/page.tsx';
import { useLocale } from '../../frame/preferences.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { RoleButton } from '../../parts/role-button.tsx';
import { useViewState } from '../../parts/view-state.ts';
import { entryColumns, entryFilters, pathOf } from './columns.tsx';
import { Reasons } from './reasons.tsx';
import { askable, CODE_NAMES, STATE_NAMES, STATES } from './words.ts';

const Many = lazy(() => import('./many.tsx').then((module) => ({ default: module.Many })));

const idOf = ({ id }: QuarantineSummary): string => id;
const labelOf = ({ code, subject, id }: QuarantineSummary): string => `${code} of ${subject ?? 'nobody known'}, ${id}`;

/** What was refused, why, and for how long has it waited? */
const QuarantinePage = () => {
  const locale = useLocale();
  const navigate = useNavigate();
  const [parameters, setParameters] = useSearchParams();
  const [view] = useViewState();
  const [deciding, setDeciding] = useState<'releases' | 'write-offs'>();
  const state = STATES.find((each) => each === parameters.get('state')) ?? 'waiting';
  const code = Object.keys(CODE_NAMES).find((each) => each === parameters.get('code')) as QuarantineCode | undefined;
  const meant = useMemo(
    (): QuarantineFilter => ({ ...askable(view.query), ...(code === undefined ? {} : { code }) }),
    [view.query, code],
  );
  const { data, error, refetch } = useQuarantine({ ...meant, state });
  const counts = useQuarantineCounts().data;

  const choose = (change: { readonly state?: QuarantineState; readonly code?: string | undefined }) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        for (const name of ['page', 'row']) after.delete(name);
        for (const [name, value] of Object.entries(change)) {
          if (value === undefined || value === 'waiting') after.delete(name);
          else after.set(name, value);
        }
        return after;
      },
      { replace: true },
    );

  const refusal =
    state === 'waiting'
      ? Object.keys(meant).length === 0
        ? 'Choose a reason, or search by property: nobody means the whole quarantine.'
        : undefined
      : 'Only lines that wait can be decided.';
  const description = data?.more
    ? `The first ${formatCount(data.items.length, locale)} of those that ${state === 'waiting' ? 'wait' : `are ${STATE_NAMES[state]}`}: choose a reason or search by property to see the others`
    : 'Lines that could not be counted, each whole, with what is wrong and where';

  return (
    <Page title="Quarantine" isTable>
      <DataTable
        title="Quarantine"
        noun="line"
        plural="lines"
        description={description}
        columns={entryColumns}
        items={data?.items}
        error={error}
        retry={() => refetch()}
        idOf={idOf}
        labelOf={labelOf}
        open={(entry) => navigate(pathOf(entry))}
        filters={entryFilters}
        search="properties"
        initialSort={{ id: 'arrived', descending: false }}
        scope={<Reasons counts={counts} state={state} code={code} choose={choose} />}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <RoleButton roles={['operator']} refusal={refusal} onClick={() => setDeciding('write-offs')}>
              Write these off
            </RoleButton>
            <RoleButton
              variant="primary"
              roles={['operator']}
              refusal={refusal}
              onClick={() => setDeciding('releases')}
            >
              Release these
            </RoleButton>
          </SpaceBetween>
        }
        empty={
          <Box textAlign="center" color="inherit">
            <b>{state === 'waiting' ? 'Nothing waits in quarantine' : `Nothing is ${STATE_NAMES[state]}`}</b>
            <Box variant="p" color="inherit">
              Lines that cannot be counted come here whole, with what is wrong; none is lost.
            </Box>
          </Box>
        }
      />
      {deciding ? (
        <Suspense fallback={null}>
          <Many what={deciding} filter={meant} done={() => setDeciding(undefined)} />
        </Suspense>
      ) : null}
    </Page>
  );
};

export default QuarantinePage;
