/**
 * Domain events on the bus, one per settled change, threshold or signal, never per usage event. `id` is deterministic,
 * so a consumer can drop a repeat.
 */
export type DomainEvents = {
  'usage.settled': {
    readonly id: string;
    readonly subject: string;
    readonly days: readonly string[];
    readonly correlationId: string;
  };
  'usage.threshold-crossed': {
    readonly id: string;
    readonly account: string;
    readonly limit: string;
    readonly meter: string;
    readonly percent: number;
    readonly quantity: string;
    readonly salesRegion: string;
    readonly correlationId: string;
  };
  'signal.raised': { readonly id: string; readonly signal: unknown; readonly correlationId: string };
};

/** The `source` of everything Meterbridge puts on its bus. */
export const EVENT_SOURCE = 'meterbridge';

/** Puts domain events on the bus. @throws if any was not taken, so that the caller's own retry repeats them. */
export type DomainEventPublisher = {
  publish<T extends keyof DomainEvents>(type: T, details: readonly DomainEvents[T][]): Promise<void>;
};
