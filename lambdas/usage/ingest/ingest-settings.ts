import { env } from '../../platform/env.ts';
import type { IngestSettings } from './ingest.ts';

const wholeNumber = (name: string): number => {
  const text = env(name);
  if (!/^\d{1,5}$/.test(text)) throw new Error(`environment variable ${name} must be a whole number, not ${text}`);
  return Number(text);
};

/** What is configured for ingest in its environment. */
export const ingestSettings = (): IngestSettings => ({
  lateAfterHours: wholeNumber('LATE_AFTER_HOURS'),
  horizonDays: wholeNumber('HORIZON_DAYS'),
});
