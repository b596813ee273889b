import { wireGainsight } from './deliver-gainsight.ts';

/** Tells Gainsight of the signals that wait in its queue. */
export const handler = wireGainsight();
