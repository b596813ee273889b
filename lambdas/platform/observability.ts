import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/** The structured logger of a function. Add `correlationId` by `logger.appendKeys`. Never log bodies, tokens or secrets. */
export const makeLogger = (service: string): Logger => new Logger({ serviceName: service });

/** Embedded-format metrics of a function. Dimensions: service and sales region only, never an account. */
export const makeMetrics = (service: string): Metrics =>
  new Metrics({ namespace: 'Meterbridge', serviceName: service });
