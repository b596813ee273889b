import Box from '@cloudscape-design/components/box';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useNavigate } from 'react-router';
import type { CloseRecord } from '../../../../lambdas/close/types.ts';
import { useCloses } from '../../api/queries.ts';
import { compare } from '../../format/decimal.ts';
import { urgency } from '../../format/state.ts';
import { formatDuration } from '../../format/time.ts';
import { Page } from '../../frame/page.tsx';
import { useLocale } from '../../frame/preferences.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Link } from '../../parts/link.tsx';
import { Amount } from '../../parts/numbers.tsx';
import { RoleButton } from '../../parts/role-button.tsx';
import { State } from '../../parts/state.tsx';
import { Ago } from '../../parts/times.tsx';
import { closeTitle, STEP_NAMES, stepCount, stepNow } from '../close/words.ts';

const StartClose = lazy(() => import('./start-close.tsx').then((module) => ({ default: module.StartClose })));

const idOf = ({ closeId }: CloseRecord): string => closeId;
const totalsOfClose = ({ steps }: CloseRecord) => steps.freeze.totals ?? steps.rate.totals ?? {};
const pathOf = ({ closeId }: CloseRecord) => `/closes/${encodeURIComponent(closeId)}`;

const whereOf = (close: CloseRecord, locale: string): string => {
  const step = stepNow(close);
  const count = step === 'done' ? '' : stepCount(close, step, locale);
  return count ? `${STEP_NAMES[step]}: ${count}` : STEP_NAMES[step];
};

const tookOf = ({ startedAt, endedAt }: CloseRecord): string =>
  endedAt ? formatDuration(Date.parse(endedAt) - Date.parse(startedAt)) : '–';

const columnsFor = (currencies: readonly string[], locale: string): readonly Column<CloseRecord>[] => [
  {
    id: 'period',
    header: 'Period',
    width: 185,
    cell: (close) => <Link to={pathOf(close)}>{closeTitle(close, locale)}</Link>,
    compare: (a, b) => a.start.localeCompare(b.start) || a.run - b.run,
    csv: (close) => closeTitle(close, locale),
  },
  {
    id: 'state',
    header: 'State',
    width: 140,
    cell: ({ status }) => <State word={status} />,
    compare: (a, b) => urgency(a.status) - urgency(b.status) || b.startedAt.localeCompare(a.startedAt),
    csv: ({ status }) => status,
  },
  {
    id: 'where',
    header: 'Where it is',
    width: 220,
    cell: (close) => whereOf(close, locale),
    csv: (close) => whereOf(close, locale),
  },
  ...currencies.map(
    (currency): Column<CloseRecord> => ({
      id: `total-${currency}`,
      header: `Total ${currency}`,
      numeric: true,
      width: currency === 'JPY' ? 155 : 125,
      cell: (close) => <Amount amount={totalsOfClose(close)[currency]} currency={currency} />,
      compare: (a, b) => compare(totalsOfClose(a)[currency] ?? '0', totalsOfClose(b)[currency] ?? '0'),
      csv: (close) => totalsOfClose(close)[currency],
    }),
  ),
  {
    id: 'started',
    header: 'Started',
    width: 160,
    cell: ({ startedAt }) => <Ago at={startedAt} />,
    compare: (a, b) => a.startedAt.localeCompare(b.startedAt),
    csv: ({ startedAt }) => startedAt,
  },
  {
    id: 'by',
    header: 'By',
    width: 130,
    cell: ({ startedBy }) => startedBy,
    compare: (a, b) => a.startedBy.localeCompare(b.startedBy),
    csv: ({ startedBy }) => startedBy,
  },
  { id: 'took', header: 'Took', width: 110, cell: tookOf, csv: tookOf },
];

/** Which closes are there, and which needs someone? */
const ClosesPage = () => {
  const locale = useLocale();
  const navigate = useNavigate();
  const { data, error, refetch } = useCloses();
  const [starting, setStarting] = useState(false);
  const currencies = useMemo(
    () => [...new Set((data ?? []).flatMap((close) => Object.keys(totalsOfClose(close))))].sort(),
    [data],
  );
  const columns = useMemo(() => columnsFor(currencies, locale), [currencies, locale]);
  const filters = useMemo(
    () => [
      { key: 'state', label: 'State', value: ({ status }: CloseRecord) => status },
      { key: 'period', label: 'Period', value: (close: CloseRecord) => closeTitle(close, locale) },
      { key: 'by', label: 'Started by', value: ({ startedBy }: CloseRecord) => startedBy },
    ],
    [locale],
  );
  const start = (
    <RoleButton variant="primary" roles={['finance-preparer']} onClick={() => setStarting(true)}>
      Start a close
    </RoleButton>
  );

  return (
    <Page title="Closes" isTable>
      <DataTable
        // The columns follow the currencies: a table with other columns is another table.
        key={currencies.join()}
        title="Closes"
        noun="close"
        plural="closes"
        columns={columns}
        items={data}
        error={error}
        retry={() => refetch()}
        idOf={idOf}
        labelOf={(close) => closeTitle(close, locale)}
        open={(close) => navigate(pathOf(close))}
        filters={filters}
        search="text"
        initialSort={{ id: 'state', descending: false }}
        actions={start}
        empty={
          <Box textAlign="center" color="inherit">
            <b>No close yet</b>
            <Box variant="p" color="inherit">
              A close rates the usage of a period, has it approved and posts it to the ERP. The schedule starts one
              every month; a finance preparer can start one here.
            </Box>
          </Box>
        }
      />
      {starting ? (
        <Suspense fallback={null}>
          <StartClose closes={data ?? []} done={() => setStarting(false)} />
        </Suspense>
      ) : null}
    </Page>
  );
};

export default ClosesPage;
