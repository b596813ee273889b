import { createContext, useContext } from 'react';
import type { Person } from './person.ts';

/** The signed-in person and how to leave; below the sign-in page it is always there. */
export type Session = { readonly person: Person; readonly signOut: () => void };

const SessionContext = createContext<Session | undefined>(undefined);
export const SessionProvider = SessionContext.Provider;

export const useSession = (): Session => {
  const session = useContext(SessionContext);
  if (!session) throw new Error('used outside of a session');
  return session;
};
