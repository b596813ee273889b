/** A statement about an account's use that customer success acts on. */
export type Signal = {
  readonly format: 1;
  /** Deterministic: (rule, account, first day of the episode); the vendor's reference id. */
  readonly signalId: string;
  readonly rule: string;
  readonly ruleVersion: number;
  readonly signal: 'usage-drop';
  readonly account: string;
  readonly accountName: string;
  readonly companyId: string;
  readonly ownerEmail: string;
  readonly salesRegion: string;
  readonly meter: string;
  readonly since: string;
  readonly day: string;
  readonly value: string;
  readonly baseline: string;
  /** Change against the baseline in percent, e.g. `-72`. */
  readonly changePercent: string;
  readonly priority: 'High' | 'Medium' | 'Low';
  readonly text: string;
};
