import { applyDensity, applyMode, Density, Mode } from '@cloudscape-design/global-styles';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';

/** How a person likes to see the console. Kept in this browser. */
export type Appearance = 'system' | 'light' | 'dark';
export type Preferences = {
  readonly appearance: Appearance;
  readonly density: 'comfortable' | 'compact';
  readonly locale: string;
  change(change: Partial<Pick<Preferences, 'appearance' | 'density'>>): void;
};

const KEY = 'meterbridge.display';
const PreferencesContext = createContext<Preferences | undefined>(undefined);

type Stored = Pick<Preferences, 'appearance' | 'density'>;

const stored = (): Stored => {
  const [appearance, density] = (window.localStorage.getItem(KEY) ?? '').split(' ');
  return {
    appearance: appearance === 'light' || appearance === 'dark' ? appearance : 'system',
    density: density === 'compact' ? 'compact' : 'comfortable',
  };
};

/** The first of the browser's languages that numbers and dates can be written in: some name tags that are none. */
const usableLocale = (wanted: readonly string[]): string => {
  const isUsable = (tag: string): boolean => {
    try {
      return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
    } catch {
      return false;
    }
  };
  return wanted.find(isUsable) ?? 'en';
};

const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');

export const PreferencesProvider = ({ children }: { children: ReactNode }) => {
  const [chosen, setChosen] = useState(stored);

  useEffect(() => {
    const paint = () => {
      const dark = chosen.appearance === 'dark' || (chosen.appearance === 'system' && systemIsDark.matches);
      applyMode(dark ? Mode.Dark : Mode.Light);
    };
    paint();
    applyDensity(chosen.density === 'compact' ? Density.Compact : Density.Comfortable);
    window.localStorage.setItem(KEY, `${chosen.appearance} ${chosen.density}`);
    systemIsDark.addEventListener('change', paint);
    return () => systemIsDark.removeEventListener('change', paint);
  }, [chosen]);

  const value = useMemo<Preferences>(
    () => ({
      ...chosen,
      locale: usableLocale(window.navigator.languages),
      change: (change) => setChosen((before) => ({ ...before, ...change })),
    }),
    [chosen],
  );
  return <PreferencesContext value={value}>{children}</PreferencesContext>;
};

export const usePreferences = (): Preferences => {
  const preferences = useContext(PreferencesContext);
  if (!preferences) throw new Error('used outside of the preferences');
  return preferences;
};

export const useLocale = (): string => usePreferences().locale;
