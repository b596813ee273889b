import { formatDate } from '../../format/time.ts';
import { useLocale } from '../../frame/preferences.tsx';
import { Instant } from '../../parts/times.tsx';

const MIDNIGHT = 'T00:00:00.000Z';

/** Where a version begins or ends to hold: a day where it is the beginning of one in UTC, else the instant. */
export const HoldsAt = ({ at }: { at: string }) => {
  const locale = useLocale();
  if (!at.endsWith(MIDNIGHT)) return <Instant at={at} zone="UTC" />;
  return (
    <time dateTime={at} title={at} className="num">
      {formatDate(at.slice(0, 10), locale)}, UTC
    </time>
  );
};
