import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Steps, { type StepsProps } from '@cloudscape-design/components/steps';
import type { QuarantineDetail } from '../../api/quarantine.ts';
import { Link } from '../../parts/link.tsx';
import { Instant } from '../../parts/times.tsx';
import { Changes } from './changes.tsx';
import { STATE_NAMES } from './words.ts';

const EntryLink = ({ id }: { id: string }) => <Link to={`/quarantine/${encodeURIComponent(id)}`}>{id}</Link>;

const Told = ({ at, says }: { at: string; says: string }) => (
  <Box fontSize="body-s" color="text-body-secondary">
    <Instant at={at} />: {says}
  </Box>
);

/** What became of a line, in order. */
export const History = ({ detail }: { detail: QuarantineDetail }) => {
  const { entry, changes = [], refusedAgain } = detail;
  const { release, writeOff, releasedFrom } = entry;
  const steps: StepsProps.Step[] = [
    ...(releasedFrom === undefined
      ? []
      : [
          {
            status: 'info' as const,
            header: 'Released from an earlier entry',
            details: <EntryLink id={releasedFrom} />,
          },
        ]),
    {
      status: 'error',
      header: `Refused: ${entry.code}`,
      details: <Told at={entry.receivedAt} says={entry.message} />,
    },
    ...(release === undefined
      ? []
      : [
          {
            status: entry.state === 'releasing' ? ('in-progress' as const) : ('success' as const),
            header: `${entry.state === 'releasing' ? 'Being released' : 'Released'} by ${release.by}${release.forced ? ', although it would be refused again' : ''}`,
            details: (
              <>
                <Told at={release.at} says={release.note} />
                {release.body === undefined ? (
                  <Box fontSize="body-s" color="text-body-secondary">
                    As it came.
                  </Box>
                ) : (
                  <Changes changes={changes} />
                )}
              </>
            ),
          },
        ]),
    ...refusedAgain.map((again) => ({
      status: 'warning' as const,
      header: `Refused again: ${again.code}, ${STATE_NAMES[again.state]}`,
      details: <EntryLink id={again.id} />,
    })),
    ...(writeOff === undefined
      ? []
      : [
          {
            status: 'stopped' as const,
            header: `Written off by ${writeOff.by}`,
            details: <Told at={writeOff.at} says={writeOff.reason} />,
          },
        ]),
  ];
  return (
    <Container header={<Header variant="h2">History</Header>}>
      <Steps ariaLabel="What became of the line" steps={steps} />
    </Container>
  );
};
