import Header from '@cloudscape-design/components/header';
import { lazy, Suspense } from 'react';
import { BrowserRouter, Navigate, Outlet, Route, Routes } from 'react-router';
import { Boundary } from './frame/boundary.tsx';
import { Page } from './frame/page.tsx';
import { Shell } from './frame/shell.tsx';
import { Link } from './parts/link.tsx';

/** The pages; each is loaded when it is first opened. */
const Closes = lazy(() => import('./pages/closes/closes-page.tsx'));
const Close = lazy(() => import('./pages/close/close-page.tsx'));
const Documents = lazy(() => import('./pages/documents/documents-page.tsx'));
const Document = lazy(() => import('./pages/documents/document-page.tsx'));
const Quarantine = lazy(() => import('./pages/quarantine/quarantine-page.tsx'));
const PriceBooks = lazy(() => import('./pages/price-books/price-books-page.tsx'));
const PriceBook = lazy(() => import('./pages/price-books/price-book-page.tsx'));
const Publications = lazy(() => import('./pages/price-books/publications-page.tsx'));
const Publication = lazy(() => import('./pages/price-books/publication-page.tsx'));
const QuarantineEntry = lazy(() => import('./pages/quarantine/entry-page.tsx'));

const Missing = () => (
  <Page title="Not found">
    <Header variant="h1">Not found</Header>
    There is nothing at this address. Look at the <Link to="/closes">closes</Link>, the{' '}
    <Link to="/documents">documents</Link>, the <Link to="/price-books">price books</Link> or the{' '}
    <Link to="/quarantine">quarantine</Link>.
  </Page>
);

const Loaded = () => (
  <Boundary>
    <Suspense fallback={<Page title="Meterbridge">{null}</Page>}>
      <Outlet />
    </Suspense>
  </Boundary>
);

export const Pages = () => (
  // Without transitions: what a key did must be there before the next key.
  <BrowserRouter useTransitions={false}>
    <Routes>
      <Route element={<Shell />}>
        <Route element={<Loaded />}>
          <Route path="/" element={<Navigate to="/closes" replace />} />
          <Route path="/closes" element={<Closes />} />
          <Route path="/closes/:closeId" element={<Close />} />
          <Route path="/documents" element={<Documents />} />
          <Route path="/documents/:documentId" element={<Document />} />
          <Route path="/quarantine" element={<Quarantine />} />
          <Route path="/quarantine/:id" element={<QuarantineEntry />} />
          <Route path="/price-books" element={<PriceBooks />} />
          <Route path="/price-books/:id" element={<PriceBook />} />
          <Route path="/publications" element={<Publications />} />
          <Route path="/publications/:publicationId" element={<Publication />} />
          <Route path="*" element={<Missing />} />
        </Route>
      </Route>
    </Routes>
  </BrowserRouter>
);
