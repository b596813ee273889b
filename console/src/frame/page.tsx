import AppLayout from '@cloudscape-design/components/app-layout';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { useFlashes } from './flashes.tsx';

/** Loaded with the first message: most visits have none. */
const Flashbar = lazy(() => import('@cloudscape-design/components/flashbar'));

type Crumb = { readonly text: string; readonly href: string };

type Props = {
  /** The page's name, for the browser's tab and the last crumb. */
  readonly title: string;
  readonly crumbs?: readonly Crumb[];
  readonly children: ReactNode;
  /** A page that is one table lets it fill the width and keep its header in sight. */
  readonly isTable?: boolean;
  /** A split panel at the bottom, with what to do when it is closed. */
  readonly panel?: { readonly content: ReactNode; readonly close: () => void } | undefined;
};

const NAVIGATION = [
  { type: 'link' as const, text: 'Closes', href: '/closes' },
  { type: 'link' as const, text: 'Documents', href: '/documents' },
  { type: 'link' as const, text: 'Quarantine', href: '/quarantine' },
  { type: 'link' as const, text: 'Price books', href: '/price-books' },
  { type: 'link' as const, text: 'Publications', href: '/publications' },
];

/** The frame of every page: navigation, crumbs, messages, and the split panel where a page has one. */
export const Page = ({ title, crumbs = [], children, isTable = false, panel }: Props) => {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { items } = useFlashes();
  const [navigationOpen, setNavigationOpen] = useState(window.innerWidth >= 1400);
  const [panelSize, setPanelSize] = useState(Math.round(window.innerHeight * 0.42));

  useEffect(() => {
    document.title = `${title} · Meterbridge`;
  }, [title]);

  const follow = (event: CustomEvent<{ href?: string; external?: boolean }>) => {
    const { href, external } = event.detail;
    if (external || href === undefined) return;
    event.preventDefault();
    navigate(href);
  };

  return (
    <AppLayout
      headerSelector="#top"
      contentType={isTable ? 'table' : 'default'}
      toolsHide
      stickyNotifications
      navigationWidth={200}
      navigationOpen={navigationOpen}
      onNavigationChange={({ detail }) => setNavigationOpen(detail.open)}
      maxContentWidth={Number.MAX_VALUE}
      navigation={
        <SideNavigation
          activeHref={NAVIGATION.find(({ href }) => pathname.startsWith(href))?.href ?? pathname}
          items={NAVIGATION}
          onFollow={follow}
        />
      }
      breadcrumbs={
        <BreadcrumbGroup
          items={[...crumbs, { text: title, href: pathname }]}
          ariaLabel="Breadcrumbs"
          onFollow={follow}
        />
      }
      notifications={
        items.length === 0 ? null : (
          <Suspense fallback={null}>
            <Flashbar items={items} stackItems={items.length > 2} />
          </Suspense>
        )
      }
      content={children}
      splitPanel={panel?.content}
      splitPanelOpen={panel !== undefined}
      splitPanelSize={panelSize}
      onSplitPanelResize={({ detail }) => setPanelSize(detail.size)}
      onSplitPanelToggle={({ detail }) => {
        if (!detail.open) panel?.close();
      }}
      splitPanelPreferences={{ position: 'bottom' }}
    />
  );
};
