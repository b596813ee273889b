import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { lazy, Suspense, useMemo } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { CLOSES_BACK, useClose, useDocuments, useNames } from '../../api/queries.ts';
import type { DocumentRow } from '../../api/types.ts';
import { Page } from '../../frame/page.tsx';
import { useLocale } from '../../frame/preferences.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { useViewState } from '../../parts/view-state.ts';
import { closeTitle } from '../close/words.ts';
import { documentColumns, documentFilters, pathOf } from './document-columns.tsx';

const Preview = lazy(() => import('./preview.tsx').then((module) => ({ default: module.Preview })));

const idOf = ({ document }: DocumentRow): string => document.documentId;

/** What is in the ERP? Stuck ones first. */
const DocumentsPage = () => {
  const locale = useLocale();
  const navigate = useNavigate();
  const names = useNames();
  const [parameters, setParameters] = useSearchParams();
  const closeId = parameters.get('closeId') ?? undefined;
  const { data, error, refetch } = useDocuments(closeId);
  const close = useClose(closeId).data?.close;
  const [view, change] = useViewState();
  const columns = useMemo(() => documentColumns(names, locale), [names, locale]);
  const filters = useMemo(() => documentFilters(locale), [locale]);
  const chosen = data?.find(({ document }) => document.documentId === view.row);
  const ofClose = close ? `of the close of ${closeTitle(close, locale)}` : closeId ? `of ${closeId}` : undefined;

  return (
    <Page
      title="Documents"
      isTable
      panel={
        chosen
          ? {
              content: (
                <Suspense fallback={null}>
                  <Preview row={chosen} />
                </Suspense>
              ),
              close: () => change({ row: undefined }),
            }
          : undefined
      }
    >
      <DataTable
        title="Documents"
        noun="document"
        plural="documents"
        description={
          ofClose ? (
            <>
              Only those {ofClose}.{' '}
              <Button
                variant="inline-link"
                onClick={() =>
                  setParameters((before) => {
                    const after = new URLSearchParams(before);
                    after.delete('closeId');
                    return after;
                  })
                }
              >
                Show all
              </Button>
            </>
          ) : (
            `Of the ${CLOSES_BACK} newest closes. Totals in the currency of their row, before the tax that the ERP adds`
          )
        }
        columns={columns}
        items={data}
        error={error}
        retry={() => refetch()}
        idOf={idOf}
        labelOf={({ document }) => `${document.accountName}, ${document.documentId}`}
        open={(row) => navigate(pathOf(row))}
        filters={filters}
        search="properties"
        initialSort={{ id: 'state', descending: false }}
        empty={
          <Box textAlign="center" color="inherit">
            <b>No document yet</b>
            <Box variant="p" color="inherit">
              Documents are made when a close freezes its manifests. Look at the closes to see how far they are.
            </Box>
          </Box>
        }
      />
    </Page>
  );
};

export default DocumentsPage;
