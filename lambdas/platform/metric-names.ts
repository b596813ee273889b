/**
 * The names of all metrics, with what one data point means. Dimensions are `service` (the function's id in kebab case,
 * its POWERTOOLS_SERVICE_NAME) and, where it says so, `salesRegion`; never an account: each value of a dimension is a
 * metric that is paid for.
 */
export const METRICS = {
  /** Seconds from receipt to ledger, the oldest event of a batch. */
  ingestionLag: 'IngestionLagSeconds',
  /** Lines of a batch, whatever became of them. */
  eventsReceived: 'EventsReceived',
  /** Events appended to the ledger. */
  eventsAccepted: 'EventsAccepted',
  /** Repeats of an accepted event, not counted again. */
  eventsDuplicate: 'EventsDuplicate',
  /** Accepted events that came later than the environment's limit. */
  eventsLate: 'EventsLate',
  /** Lines that went to quarantine. */
  transformationFailures: 'TransformationFailures',
  /** Deliveries to the ERP that ended `posted` or `accepted`. */
  erpDeliveries: 'ErpDeliveries',
  /** Tries at the ERP that ended in any other way. */
  erpDeliveryFailures: 'ErpDeliveryFailures',
  /** Seconds from a signal to its record in the customer success system. */
  successUpdateLatency: 'SuccessUpdateLatencySeconds',
  /** Records written to the customer success system. */
  successUpdates: 'SuccessUpdates',
  /** Exceptions that a close raised and a person must decide. By sales region. */
  exceptionsOpen: 'ExceptionsOpen',
  /**
   * Documents that a person disputes: those of a manifest that was returned at approval, and one for each account that
   * an open exception holds back when manifests are frozen. By sales region.
   */
  documentsDisputed: 'DocumentsDisputed',
  /** Differences found when totals were read back from the ERP. By sales region. */
  reconciliationBreaks: 'ReconciliationBreaks',
  /** Tries that a vendor refused for its credentials, by adapter (the service). */
  adapterAuthFailures: 'AdapterAuthFailures',
  /** Seconds that the day which waited longest could have been settled for good before a sweep came to it. */
  settleLag: 'SettleLagSeconds',
  /** Chains of the ledger that a walk found changed, cut off or not whole. */
  brokenChains: 'BrokenChains',
  /** Bytes of the largest append of a batch; an item's hard limit is 400 KB. */
  appendBytes: 'AppendBytes',
} as const;

/** The `salesRegion` of what has no account, or an account without a plan in the close that counts it. */
export const NO_REGION = 'none';

/** The namespace of every metric. */
export const METRIC_NAMESPACE = 'Meterbridge';

/** Any of the names. */
export type MetricName = (typeof METRICS)[keyof typeof METRICS];
