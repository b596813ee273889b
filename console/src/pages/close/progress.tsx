import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import LiveRegion from '@cloudscape-design/components/live-region';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Steps, { type StepsProps } from '@cloudscape-design/components/steps';
import type { CloseStep, Totals } from '../../../../lambdas/close/types.ts';
import type { CloseAnswer } from '../../api/types.ts';
import { type StateWord, wordOfStep } from '../../format/state.ts';
import { formatDuration } from '../../format/time.ts';
import { useLocale } from '../../frame/preferences.tsx';
import { Money } from '../../parts/numbers.tsx';
import { LOOKS, State } from '../../parts/state.tsx';
import { Ago, useNow } from '../../parts/times.tsx';
import { CLOSE_STEPS } from './steps.ts';
import { STEP_NAMES, stepCount, whatIsLeft } from './words.ts';

/** The state of the close, what is left, and the ten steps as a line. */
export const Progress = ({ answer }: { answer: CloseAnswer }) => {
  const { close } = answer;
  const locale = useLocale();
  const now = useNow(1_000);
  const left = whatIsLeft(answer, now, locale);
  const notes = CLOSE_STEPS.flatMap((step) => (close.steps[step].notes ?? []).map((note) => ({ step, note })));
  const took = (close.endedAt ? Date.parse(close.endedAt) : now) - Date.parse(close.startedAt);

  return (
    <Container header={<Header variant="h2">Progress</Header>}>
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'State', value: <State word={close.status} /> },
            {
              label: 'What is left',
              value: (
                <LiveRegion tagName="div">
                  {left.map((sentence) => (
                    <div key={sentence}>{sentence}</div>
                  ))}
                </LiveRegion>
              ),
            },
            {
              label: 'Started',
              value: (
                <>
                  <Ago at={close.startedAt} /> by {close.startedBy}
                </>
              ),
            },
            { label: close.endedAt ? 'Took' : 'So far', value: formatDuration(took) },
          ]}
        />
        <Steps
          orientation="horizontal"
          ariaLabel="Steps of the close"
          renderStep={(step) => ({
            header: step.header,
            details: step.details,
            icon: <StepIcon status={step.status} label={step.statusIconAriaLabel ?? ''} />,
          })}
          steps={CLOSE_STEPS.map((step) => ({
            status: LOOKS[wordOfStep(close.steps[step].state)].type,
            statusIconAriaLabel: close.steps[step].state,
            header: <Box variant="strong">{STEP_NAMES[step]}</Box>,
            details: (
              <StepDetails
                word={wordOfStep(close.steps[step].state)}
                count={stepCount(close, step, locale)}
                totals={WITH_AMOUNTS.includes(step) ? close.steps[step].totals : undefined}
              />
            ),
          }))}
        />
        {notes.length > 0 ? <Notes notes={notes} /> : null}
      </SpaceBetween>
    </Container>
  );
};

/** The component's own icon for running is grey; the vocabulary says blue. */
const StepIcon = ({ status, label }: { status: StepsProps.Status; label: string }) => {
  const color = Object.values(LOOKS).find(({ type }) => type === status)?.color;
  return <StatusIndicator type={status} iconAriaLabel={label} {...(color ? { colorOverride: color } : {})} />;
};

/** The steps at which the amounts say something new. */
const WITH_AMOUNTS: readonly CloseStep[] = ['rate', 'freeze', 'post', 'reconcile'];

type StepDetailsProps = { readonly word: StateWord; readonly count: string; readonly totals: Totals | undefined };

const StepDetails = ({ word, count, totals = {} }: StepDetailsProps) => (
  <Box fontSize="body-s" color="text-body-secondary">
    <div>{word}</div>
    <div className="num">{count}</div>
    {Object.entries(totals).map(([currency, amount]) => (
      <div key={currency}>
        <Money amount={amount} currency={currency} />
      </div>
    ))}
  </Box>
);

const Notes = ({ notes }: { notes: readonly { readonly step: CloseStep; readonly note: string }[] }) => (
  <div>
    <Box variant="awsui-key-label">Reasons</Box>
    <ul className="notes">
      {notes.map(({ step, note }) => (
        <li key={`${step} ${note}`}>
          {STEP_NAMES[step]}: {note}
        </li>
      ))}
    </ul>
  </div>
);
