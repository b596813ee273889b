import FormField from '@cloudscape-design/components/form-field';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { CloseException } from '../../../../lambdas/close/types.ts';
import { type Names, useResolution } from '../../api/queries.ts';
import { explain } from '../../api/words.ts';
import { useFlashes } from '../../frame/flashes.tsx';
import { Question } from '../../parts/question.tsx';
import { decisionsFor } from './decisions.ts';
import { evidenceOf } from './evidence.ts';
import { aboutOf, EXCEPTION_NAMES } from './words.ts';

type Props = {
  readonly exception: CloseException;
  readonly closeId: string;
  readonly names: Names;
  readonly done: () => void;
};

/** The evidence beside the decision; decision and reason are asked for, and what follows is said before. */
export const Resolve = ({ exception, closeId, names, done }: Props) => {
  const { show } = useFlashes();
  const resolve = useResolution(closeId, exception.exceptionId);
  const [decision, setDecision] = useState<string>('');
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const text = reason.trim();

  const submit = () => {
    setTried(true);
    if (decision === '' || text === '') return;
    resolve.mutate(
      { decision, reason: text },
      {
        onSuccess: () =>
          show({
            type: 'success',
            header: `Decided: ${EXCEPTION_NAMES[exception.kind].toLowerCase()}, ${aboutOf(exception, names)}`,
            text: 'The next close of these dates takes it into account. You are now a maker of it, so someone else must approve. The decision is in the audit log.',
          }),
        onError: (error) => {
          const { header, text: words } = explain(error, 'The decision was not recorded');
          show({ type: 'error', header, text: words });
        },
        onSettled: done,
      },
    );
  };

  return (
    <Question
      header={`${EXCEPTION_NAMES[exception.kind]}: ${aboutOf(exception, names)}`}
      action="Record the decision"
      submit={submit}
      isPending={resolve.isPending}
      done={done}
    >
      <div>{exception.message}</div>
      <KeyValuePairs columns={2} items={evidenceOf(exception)} />
      <FormField label="Decision" errorText={tried && decision === '' ? 'Choose what holds.' : ''}>
        <RadioGroup
          value={decision}
          items={[...decisionsFor(exception.kind)]}
          onChange={({ detail }) => setDecision(detail.value)}
        />
      </FormField>
      <FormField
        label="Reason"
        description="The approver and the auditor read it."
        errorText={tried && text === '' ? 'Say why.' : ''}
      >
        <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={2} />
      </FormField>
    </Question>
  );
};
