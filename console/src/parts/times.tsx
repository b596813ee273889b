import { useEffect, useState } from 'react';
import { nowMillis } from '../format/clock.ts';
import { formatAgo, formatInstant } from '../format/time.ts';
import { useLocale } from '../frame/preferences.tsx';

/** The present time, renewed every so many milliseconds. */
export const useNow = (every: number): number => {
  const [now, setNow] = useState(nowMillis);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(nowMillis()), every);
    return () => window.clearInterval(timer);
  }, [every]);
  return now;
};

/** How long ago something was; the absolute time in the viewer's zone on hover. */
export const Ago = ({ at }: { at: string }) => {
  const locale = useLocale();
  const now = useNow(10_000);
  return (
    <time dateTime={at} title={formatInstant(at, locale)} className="nowrap">
      {formatAgo(at, now, locale)}
    </time>
  );
};

/** An instant with its zone named: the given one where money is meant, else the viewer's. */
export const Instant = ({ at, zone }: { at: string; zone?: string }) => (
  <time dateTime={at} title={at} className="num">
    {formatInstant(at, useLocale(), zone)}
  </time>
);
