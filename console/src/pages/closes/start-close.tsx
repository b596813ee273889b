import Alert from '@cloudscape-design/components/alert';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import DateInput from '@cloudscape-design/components/date-input';
import FormField from '@cloudscape-design/components/form-field';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { CloseRecord } from '../../../../lambdas/close/types.ts';
import { useStartClose } from '../../api/queries.ts';
import { explain } from '../../api/words.ts';
import { nowMillis } from '../../format/clock.ts';
import { formatPeriod, moveDays, previousMonth } from '../../format/time.ts';
import { useFlashes } from '../../frame/flashes.tsx';
import { useLocale } from '../../frame/preferences.tsx';
import { Question } from '../../parts/question.tsx';

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What is wrong with the dates, or `undefined`. */
const refusal = (first: string, last: string): string | undefined => {
  if (!DATE.test(first) || !DATE.test(last)) return 'Give both days as year/month/day.';
  return last < first ? 'The last day is before the first.' : undefined;
};

/** Starts a close of a period; by default of the calendar month before this one. */
export const StartClose = ({ closes, done }: { closes: readonly CloseRecord[]; done: () => void }) => {
  const locale = useLocale();
  const navigate = useNavigate();
  const { show } = useFlashes();
  const start = useStartClose();
  const [month] = useState(() => previousMonth(nowMillis()));
  const [first, setFirst] = useState(month.start);
  const [last, setLast] = useState(moveDays(month.end, -1));
  // One key per form: a second click, or a retry after a lost answer, starts nothing twice.
  const [key] = useState(() => crypto.randomUUID());
  const wrong = refusal(first, last);
  const end = wrong ? '' : moveDays(last, 1);
  const earlier = closes.filter((close) => close.start === first && close.end === end);
  const running = earlier.find(({ status }) => status === 'running' || status === 'needs you');

  const submit = () => {
    if (wrong) return;
    start.mutate(
      { start: first, end, key },
      {
        onSuccess: ({ closeId }) => {
          show({
            type: 'success',
            header: `Started the close of ${formatPeriod(first, end, locale)}`,
            text: 'You can leave this page; it goes on without you. Nothing is posted before an approver has approved.',
          });
          done();
          navigate(`/closes/${encodeURIComponent(closeId)}`);
        },
        onError: (error) => {
          const { header, text } = explain(error, 'The close was not started');
          show({ type: 'error', header, text });
          done();
        },
      },
    );
  };

  return (
    <Question
      header="Start a close"
      action={wrong ? 'Start the close' : `Close ${formatPeriod(first, end, locale)}`}
      submit={submit}
      isPending={start.isPending}
      done={done}
      size="medium"
    >
      <div>
        Rates the usage of these days for every contract, each in its own time zone, and freezes manifests for approval.
        Nothing is posted before an approver has approved.
      </div>
      <ColumnLayout columns={2}>
        <FormField label="First day" constraintText="year/month/day" errorText={wrong ?? ''}>
          <DateInput value={first} onChange={({ detail }) => setFirst(detail.value)} />
        </FormField>
        <FormField label="Last day" constraintText="included">
          <DateInput value={last} onChange={({ detail }) => setLast(detail.value)} />
        </FormField>
      </ColumnLayout>
      {running ? (
        <Alert type="warning" header="A close of these days has not ended">
          Finish or look at that one first; a second one at the same time would wait or be refused.
        </Alert>
      ) : earlier.length > 0 ? (
        <Alert type="info" header={`This will be run ${earlier.length + 1} of these days`}>
          It bills what is new and corrects what changed since; what is billed already is not billed again.
        </Alert>
      ) : null}
    </Question>
  );
};
