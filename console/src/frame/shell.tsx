import TopNavigation from '@cloudscape-design/components/top-navigation';
import { lazy, Suspense, useState } from 'react';
import { Outlet, useNavigate } from 'react-router';
import { ROLE_NAMES } from '../session/person.ts';
import { useSession } from '../session/session.tsx';
import { useKeys } from './keys.ts';
import { type Preferences, usePreferences } from './preferences.tsx';

const Help = lazy(() => import('./help.tsx').then((module) => ({ default: module.Help })));

const displayItems = ({ appearance, density }: Preferences) => [
  {
    id: 'appearance',
    text: 'Colours',
    items: [
      { id: 'system', text: 'As the system', itemType: 'checkbox' as const, checked: appearance === 'system' },
      { id: 'light', text: 'Light', itemType: 'checkbox' as const, checked: appearance === 'light' },
      { id: 'dark', text: 'Dark', itemType: 'checkbox' as const, checked: appearance === 'dark' },
    ],
  },
  {
    id: 'density',
    text: 'Density',
    items: [
      { id: 'comfortable', text: 'Comfortable', itemType: 'checkbox' as const, checked: density === 'comfortable' },
      { id: 'compact', text: 'Compact', itemType: 'checkbox' as const, checked: density === 'compact' },
    ],
  },
];

/** The top of every page: who is signed in with which roles, display, help, sign-out. */
export const Shell = () => {
  const { person, signOut } = useSession();
  const preferences = usePreferences();
  const navigate = useNavigate();
  const [help, setHelp] = useState(false);
  useKeys({ '?': () => setHelp(true) });
  const roles = person.roles.map((role) => ROLE_NAMES[role]).join(', ') || 'No role';

  const choose = (id: string) => {
    if (id === 'system' || id === 'light' || id === 'dark') preferences.change({ appearance: id });
    if (id === 'comfortable' || id === 'compact') preferences.change({ density: id });
  };

  return (
    <>
      <div id="top">
        <TopNavigation
          identity={{
            title: 'Meterbridge',
            href: '/closes',
            onFollow: (event) => {
              event.preventDefault();
              navigate('/closes');
            },
          }}
          utilities={[
            { type: 'button', iconName: 'keyboard', text: 'Keys', onClick: () => setHelp(true) },
            {
              type: 'menu-dropdown',
              iconName: 'settings',
              text: 'Display',
              items: displayItems(preferences),
              onItemClick: ({ detail }) => choose(detail.id),
            },
            {
              type: 'menu-dropdown',
              iconName: 'user-profile',
              text: `${person.name} · ${roles}`,
              ariaLabel: `Signed in as ${person.name}, ${roles}`,
              description: person.email ?? roles,
              items: [{ id: 'sign-out', text: 'Sign out' }],
              onItemClick: signOut,
            },
          ]}
        />
      </div>
      <Outlet />
      {help ? (
        <Suspense fallback={null}>
          <Help close={() => setHelp(false)} />
        </Suspense>
      ) : null}
    </>
  );
};
