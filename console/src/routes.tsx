import { createBrowserRouter, Navigate, useRouteError } from 'react-router';
import { Page } from './frame/page.tsx';
import { Shell } from './frame/shell.tsx';
import { Failure } from './parts/failure.tsx';
import { Link } from './parts/link.tsx';

const Missing = () => (
  <Page title="Not found">
    There is nothing at this address. Look at the <Link to="/closes">closes</Link> or the{' '}
    <Link to="/documents">documents</Link>.
  </Page>
);

const Broken = () => {
  const error = useRouteError();
  return (
    <Page title="Something failed">
      <Failure what="This page" error={error} retry={() => window.location.reload()} />
    </Page>
  );
};

/** The pages; each is loaded when it is first opened. */
export const makeRouter = () =>
  createBrowserRouter([
    {
      element: <Shell />,
      children: [
        {
          errorElement: <Broken />,
          hydrateFallbackElement: <Page title="Loading">{null}</Page>,
          children: [
            { path: '/', element: <Navigate to="/closes" replace /> },
            { path: '/closes', lazy: () => import('./pages/closes/closes-page.tsx') },
            { path: '/closes/:closeId', lazy: () => import('./pages/close/close-page.tsx') },
            { path: '/documents', lazy: () => import('./pages/documents/documents-page.tsx') },
            { path: '/documents/:documentId', lazy: () => import('./pages/documents/document-page.tsx') },
            { path: '*', element: <Missing /> },
          ],
        },
      ],
    },
  ]);
