import I18nProvider from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type ApiClient, ApiError, makeApi } from './api/client.ts';
import { ApiProvider } from './api/queries.ts';
import { loadConfig } from './config.ts';
import { FlashProvider } from './frame/flashes.tsx';
import { PreferencesProvider } from './frame/preferences.tsx';
import { Welcome } from './frame/welcome.tsx';
import { Pages } from './routes.tsx';
import { type Person, personOf } from './session/person.ts';
import { SessionProvider } from './session/session.tsx';
import { makeSignIn, type SignIn } from './session/sign-in.ts';

type Stage =
  | { readonly at: 'starting' }
  | { readonly at: 'broken'; readonly error: unknown }
  | { readonly at: 'signed out'; readonly signIn: SignIn; readonly ended: boolean }
  | {
      readonly at: 'signed in';
      readonly signIn: SignIn;
      readonly person: Person;
      readonly api: ApiClient;
    };

const FINAL = [400, 401, 403, 404, 409];

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      // What the API refused will be refused again; what did not arrive may arrive.
      retry: (failures, error) => !(error instanceof ApiError && FINAL.includes(error.status)) && failures < 2,
    },
  },
});

const begin = async (change: (stage: Stage) => void): Promise<void> => {
  try {
    const config = await loadConfig();
    const signIn = makeSignIn(config);
    const ended = () => {
      queries.clear();
      change({ at: 'signed out', signIn, ended: true });
    };
    const user = await signIn.start();
    if (!user) return change({ at: 'signed out', signIn, ended: false });
    signIn.onEnded(ended);
    change({
      at: 'signed in',
      signIn,
      person: personOf(user.profile),
      api: makeApi(config.apiBase, signIn.token, ended),
    });
  } catch (error) {
    change({ at: 'broken', error });
  }
};

const Stages = () => {
  const [stage, setStage] = useState<Stage>({ at: 'starting' });
  useEffect(() => {
    begin(setStage);
  }, []);

  if (stage.at !== 'signed in') {
    return (
      <Welcome
        starting={stage.at === 'starting'}
        ended={stage.at === 'signed out' && stage.ended}
        error={stage.at === 'broken' ? stage.error : undefined}
        signIn={
          stage.at === 'signed out'
            ? () => stage.signIn.signIn(`${window.location.pathname}${window.location.search}`)
            : undefined
        }
      />
    );
  }
  const { person, api, signIn } = stage;
  return (
    <SessionProvider value={{ person, signOut: () => signIn.signOut() }}>
      <ApiProvider value={api}>
        <FlashProvider>
          <Pages />
        </FlashProvider>
      </ApiProvider>
    </SessionProvider>
  );
};

/** The console: configuration, then sign-in, then the pages. */
export const App = () => (
  <PreferencesProvider>
    <I18nProvider locale="en" messages={[messages]}>
      <QueryClientProvider client={queries}>
        <Stages />
      </QueryClientProvider>
    </I18nProvider>
  </PreferencesProvider>
);
