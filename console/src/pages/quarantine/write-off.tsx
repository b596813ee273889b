import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { QuarantineEntry } from '../../../../lambdas/usage/types.ts';
import { useWriteOff } from '../../api/quarantine.ts';
import { explain } from '../../api/words.ts';
import { useFlashes } from '../../frame/flashes.tsx';
import { Question } from '../../parts/question.tsx';

/** Takes the reason why a line will never be counted. */
export const WriteOff = ({ entry, done }: { entry: QuarantineEntry; done: () => void }) => {
  const { show } = useFlashes();
  const writeOff = useWriteOff(entry.id);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const text = reason.trim();

  const submit = () => {
    setTried(true);
    if (text === '') return;
    writeOff.mutate(
      { reason: text },
      {
        onSuccess: ({ auditSequence }) =>
          show({
            type: 'success',
            header: 'Written off',
            text: `The line will not be counted; it is kept here. ${auditSequence === undefined ? 'It was decided before.' : `It is entry ${auditSequence} of the audit log.`}`,
          }),
        onError: (error) => {
          const { header, text: words } = explain(error, 'The line was not written off');
          show({ type: 'error', header, text: words });
        },
        onSettled: done,
      },
    );
  };

  return (
    <Question
      header="Write the line off"
      action="Write the line off"
      submit={submit}
      isPending={writeOff.isPending}
      done={done}
      size="medium"
    >
      <div>
        Says that this line will never be counted, and so never billed. It is kept, and stands in the figures of what
        was received as written off. This cannot be taken back; the producer can still send the event mended.
      </div>
      <FormField
        label="Reason"
        description="The auditor reads it."
        errorText={tried && text === '' ? 'Say why it will never be counted.' : ''}
      >
        <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={2} />
      </FormField>
    </Question>
  );
};
