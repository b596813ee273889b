import type { Check } from './checks.ts';
import type { CloseOutcome } from './close-part.ts';
import type { Timing } from './progress.ts';
import type { SuccessOutcome } from './success-part.ts';
import type { UsageTotals } from './usage-part.ts';

/** Everything the demo found out; `.local/demo/report.json`. The fields are described in docs/demo.md. */
export type DemoReport = {
  readonly format: 1;
  readonly month: string;
  readonly seed: number;
  readonly period: { readonly start: string; readonly end: string };
  readonly sent: { readonly events: number; readonly http: number; readonly stream: number };
  readonly totals: UsageTotals;
  readonly upcast: number;
  readonly meters: readonly { readonly meter: string; readonly generator: string; readonly meterbridge: string }[];
  readonly settledDays: number;
  readonly success: SuccessOutcome;
  readonly closes: readonly CloseOutcome[];
  readonly invoices: readonly { readonly currency: string; readonly documents: number; readonly total: string }[];
  readonly correction: {
    readonly documentId: string;
    readonly kind: string;
    readonly currency: string;
    readonly total: string;
  } | null;
  readonly sameIdAtTwoTimes: { readonly account: string; readonly exceptionId: string; readonly decision: string };
  readonly outage: { readonly answersLost: number; readonly duplicates: number };
  readonly ledger: { readonly slots: number; readonly appends: number; readonly broken: number };
  readonly audit: { readonly entries: number; readonly whole: boolean };
  /** The daily figures that another engine computed from the archive alone, and how many of them differ. */
  readonly recomputed: { readonly lines: number; readonly figures: number; readonly different: number };
  readonly timings: readonly Timing[];
  readonly checks: readonly Check[];
  readonly agrees: boolean;
};
