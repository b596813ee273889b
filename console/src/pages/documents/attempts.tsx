import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Steps from '@cloudscape-design/components/steps';
import type { DeliveryAttempt } from '../../../../lambdas/delivery/types.ts';
import { formatDuration } from '../../format/time.ts';
import { Instant } from '../../parts/times.tsx';

const TRIED: Readonly<Record<DeliveryAttempt['step'], string>> = {
  token: 'Sign-in at the ERP',
  lookup: 'Looked for the document in the ERP',
  create: 'Sent the document',
  adopt: 'Took over the document that was there',
};

const ENDED: Readonly<Record<DeliveryAttempt['outcome'], readonly [string, StatusIndicatorProps.Type]>> = {
  posted: ['posted', 'success'],
  accepted: ['accepted, pending there', 'success'],
  found: ['found there', 'success'],
  absent: ['not there', 'info'],
  renewed: ['signed in anew', 'success'],
  transient: ['the ERP failed for the moment; tried again', 'warning'],
  throttled: ['the ERP asked to slow down; tried again later', 'pending'],
  auth: ['the ERP refused the credentials', 'error'],
  'closed-period': ['the ERP has closed the period; parked', 'stopped'],
  rejected: ['the ERP refused the document', 'error'],
  ambiguous: ['the answer was lost: looked before sending again', 'warning'],
};

/** Every try to deliver the document, in order. */
export const Attempts = ({ attempts }: { attempts: readonly DeliveryAttempt[] }) => (
  <Container header={<Header variant="h2">Delivery</Header>}>
    {attempts.length === 0 ? (
      <Box color="text-body-secondary">
        Not tried yet. Documents are sent when an approver has approved their manifest.
      </Box>
    ) : (
      <Steps
        ariaLabel="Delivery attempts"
        steps={attempts.map((attempt) => {
          const [ending, status] = ENDED[attempt.outcome];
          return {
            status,
            statusIconAriaLabel: attempt.outcome,
            header: `${TRIED[attempt.step]}: ${ending}`,
            details: (
              <Box fontSize="body-s" color="text-body-secondary">
                <Instant at={attempt.at} />, attempt {attempt.number},{' '}
                {attempt.millis < 1_000 ? `${attempt.millis} ms` : formatDuration(attempt.millis)}
                {attempt.message ? (
                  <div>
                    {attempt.message}
                    {attempt.code ? ` (${attempt.code})` : ''}
                  </div>
                ) : null}
              </Box>
            ),
          };
        })}
      />
    )}
  </Container>
);
