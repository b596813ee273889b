import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import {
  type ManyJob,
  type ManyTotals,
  type QuarantineFilter,
  useDecideMany,
  useManyJob,
  useOutcomes,
} from '../../api/quarantine.ts';
import { explain } from '../../api/words.ts';
import { formatCount, plural } from '../../format/amount.ts';
import { useLocale } from '../../frame/preferences.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Link } from '../../parts/link.tsx';
import { Question } from '../../parts/question.tsx';
import { filterText, placeOf } from './words.ts';

type What = 'releases' | 'write-offs';

type Props = {
  readonly what: What;
  readonly filter: QuarantineFilter;
  readonly done: () => void;
};

const WORDS: Readonly<
  Record<What, { readonly header: string; readonly says: string; readonly why: string; readonly did: string }>
> = {
  releases: {
    header: 'Release these lines',
    says: 'Puts every waiting line that is like this, and would pass now, on the stream again as it came. What would be refused again stays as it is. First look what would happen: a preview changes nothing.',
    why: 'Note',
    did: 'released',
  },
  'write-offs': {
    header: 'Write these lines off',
    says: 'Says that every waiting line that is like this will never be counted. The lines are kept. First look how many there are: a preview changes nothing.',
    why: 'Reason',
    did: 'written off',
  },
};

const isOver = (job: ManyJob | undefined): boolean => job !== undefined && ['done', 'failed'].includes(job.state);

/** Decides about all lines that a filter means: a preview first, then the decision, each as a job that can be left. */
export const Many = ({ what, filter, done }: Props) => {
  const locale = useLocale();
  const { header, says, why: whyLabel, did } = WORDS[what];
  const decide = useDecideMany(what);
  const [why, setWhy] = useState('');
  const [tried, setTried] = useState(false);
  const [previewId, setPreviewId] = useState<string>();
  const [jobId, setJobId] = useState<string>();
  const preview = useManyJob(previewId);
  const job = useManyJob(jobId);
  const seen = preview.data?.state === 'done' ? preview.data.result : undefined;
  const ended = isOver(job.data);
  const text = why.trim();

  const ask = (isPreview: boolean) => {
    setTried(true);
    if (text === '') return;
    decide.mutate(
      { filter, why: text, preview: isPreview },
      { onSuccess: (started) => (isPreview ? setPreviewId : setJobId)(started.jobId) },
    );
  };
  const running =
    decide.isPending || (previewId !== undefined && !isOver(preview.data)) || (jobId !== undefined && !ended);
  const lines = plural(seen?.passed ?? 0, 'line', locale);
  const action = ended
    ? 'Close'
    : seen === undefined
      ? 'Look what would happen'
      : what === 'releases'
        ? `Release ${lines}`
        : `Write ${lines} off`;
  const submit = () => {
    if (ended) return done();
    if (seen === undefined) return ask(true);
    return seen.passed === 0 ? done() : ask(false);
  };

  return (
    <Question
      header={header}
      action={seen?.passed === 0 && !ended ? 'Close' : action}
      submit={submit}
      isPending={running}
      done={done}
    >
      <div>
        {says} Meant are: <b>{filterText(filter)}</b>.
      </div>
      <FormField
        label={whyLabel}
        description="It stands with every line, and is kept in the audit log."
        errorText={tried && text === '' ? 'Say why.' : ''}
      >
        <Textarea value={why} onChange={({ detail }) => setWhy(detail.value)} rows={2} disabled={jobId !== undefined} />
      </FormField>
      {decide.error ? <Refusal error={decide.error} /> : null}
      {preview.error ? <Failure what="The preview" error={preview.error} retry={() => preview.refetch()} /> : null}
      {jobId === undefined && previewId !== undefined ? (
        <Progress job={preview.data} jobId={previewId} verb="would be" did={did} />
      ) : null}
      {jobId === undefined ? null : <Progress job={job.data} jobId={jobId} verb="are" did={did} />}
    </Question>
  );
};

const Refusal = ({ error }: { error: unknown }) => {
  const { header, text } = explain(error, 'It was not begun');
  return (
    <Alert type="error" header={header}>
      {text}
    </Alert>
  );
};

type ProgressProps = {
  readonly job: ManyJob | undefined;
  readonly jobId: string;
  readonly verb: string;
  readonly did: string;
};

const Progress = ({ job, jobId, verb, did }: ProgressProps) => {
  const locale = useLocale();
  if (job?.state === 'failed') {
    return (
      <Alert type="error" header="It failed">
        {job.message} What was done stays; the job is <code>{jobId}</code>.
      </Alert>
    );
  }
  if (job?.state === 'done' && job.result) return <Result totals={job.result} jobId={jobId} verb={verb} did={did} />;
  const looked = job?.progress?.done ?? 0;
  return (
    <ProgressBar
      label={verb === 'are' ? 'At work; you can leave, it goes on' : 'Looking'}
      value={0}
      resultText=""
      additionalInfo={`${formatCount(looked, locale)} looked at`}
    />
  );
};

type ResultProps = { readonly totals: ManyTotals; readonly jobId: string; readonly verb: string; readonly did: string };

const Result = ({ totals, jobId, verb, did }: ResultProps) => {
  const locale = useLocale();
  const left = Object.entries(totals.refused);
  const outcomes = useOutcomes(jobId, left.length > 0).data;
  return (
    <SpaceBetween size="xs">
      <StatusIndicator type={verb === 'are' ? 'success' : 'info'}>
        {`Of ${plural(totals.looked, 'line', locale)}, ${formatCount(totals.passed, locale)} ${verb} ${did}.`}
        {totals.known > 0 ? ` ${formatCount(totals.known, locale)} of them the ledger knows already.` : ''}
      </StatusIndicator>
      {left.map(([code, count]) => (
        <StatusIndicator key={code} type="warning">
          {`${formatCount(count, locale)} ${verb === 'are' ? 'stay as they were' : 'would stay'}: ${code}`}
        </StatusIndicator>
      ))}
      {(outcomes?.items ?? []).slice(0, 5).map(({ id, path, message }) => (
        <div key={id}>
          <Link to={`/quarantine/${id}`}>{id}</Link> at {placeOf(path)}: {message}
        </div>
      ))}
    </SpaceBetween>
  );
};
