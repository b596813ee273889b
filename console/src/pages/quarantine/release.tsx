import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Textarea from '@cloudscape-design/components/textarea';
import { useDeferredValue, useEffect, useState } from 'react';
import { type QuarantineDetail, useJudgement, useRelease } from '../../api/quarantine.ts';
import { explain } from '../../api/words.ts';
import { useFlashes } from '../../frame/flashes.tsx';
import { Changes } from './changes.tsx';
import { verdictText } from './words.ts';

/** The line is judged once nobody has typed for so long. */
const QUIET_MILLIS = 400;

const useQuiet = <T,>(value: T): T => {
  const [quiet, setQuiet] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setQuiet(value), QUIET_MILLIS);
    return () => window.clearTimeout(timer);
  }, [value]);
  return useDeferredValue(quiet);
};

/** The line, to be edited; what would become of it, as one types; and the release. */
export const Release = ({ detail, done }: { detail: QuarantineDetail; done: () => void }) => {
  const { entry, shown } = detail;
  const { show } = useFlashes();
  const release = useRelease(entry.id);
  const original = entry.bodyEncoding === 'base64' ? '' : (shown?.lines.join('\n') ?? entry.body);
  const [body, setBody] = useState(original);
  const [note, setNote] = useState('');
  const [force, setForce] = useState(false);
  const [tried, setTried] = useState(false);
  const isEdited = body !== original;
  const quiet = useQuiet(body);
  const judged = useJudgement(entry.id, quiet === original || quiet.trim() === '' ? undefined : quiet);
  const judgement = judged.data?.judgement;
  const isRefused = judgement?.verdict === 'refused';
  const isJudging = judged.isFetching || quiet !== body;
  const text = note.trim();

  const submit = () => {
    setTried(true);
    if (text === '' || (isRefused && !force)) return;
    release.mutate(
      { note: text, ...(isEdited ? { body } : {}), ...(isRefused ? { force } : {}) },
      {
        onSuccess: ({ auditSequence }) => {
          show({
            type: 'success',
            header: isEdited ? 'Released with your changes' : 'Released as it came',
            text: `The line is on the stream again; the original is kept here. ${auditSequence === undefined ? 'It was decided before.' : `It is entry ${auditSequence} of the audit log.`}`,
          });
          done();
        },
        onError: (error) => {
          const { header, text: words } = explain(error, 'The line was not released');
          show({ type: 'error', header, text: words });
        },
      },
    );
  };

  return (
    <Container
      header={
        <Header
          variant="h2"
          description="The line is put on the stream again, as it stands here. The original is kept, with who changed what."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" onClick={done}>
                Cancel
              </Button>
              <Button variant="primary" loading={release.isPending} onClick={submit}>
                {isEdited ? 'Release with these changes' : 'Release as it came'}
              </Button>
            </SpaceBetween>
          }
        >
          Edit and release
        </Header>
      }
    >
      <SpaceBetween size="l">
        <FormField
          label="The line"
          stretch
          description={
            entry.bodyEncoding === 'base64'
              ? 'What came is not text. Write what it should have been.'
              : 'One CloudEvent. Space and line breaks between its parts mean nothing.'
          }
        >
          <div className="code-editor">
            <Textarea
              value={body}
              onChange={({ detail: { value } }) => setBody(value)}
              rows={Math.min(24, Math.max(8, original.split('\n').length + 1))}
              spellcheck={false}
            />
          </div>
        </FormField>
        <div aria-live="polite">
          {judged.error ? (
            <StatusIndicator type="warning">
              What would become of it cannot be told now: {explain(judged.error, '').text}
            </StatusIndicator>
          ) : judgement === undefined || isJudging ? (
            <StatusIndicator type="loading">Judging the line</StatusIndicator>
          ) : (
            <StatusIndicator
              type={isRefused ? 'error' : judgement.verdict === 'counted' ? 'success' : 'warning'}
              wrapText
            >
              {verdictText(judgement)}
            </StatusIndicator>
          )}
        </div>
        {judged.data && judged.data.changes.length > 0 ? <Changes changes={judged.data.changes} /> : null}
        <FormField
          label="Note"
          description="Why, for those who look at it later. Kept with the line and in the audit log."
          errorText={tried && text === '' ? 'Say why.' : ''}
        >
          <Textarea value={note} onChange={({ detail: { value } }) => setNote(value)} rows={2} />
        </FormField>
        {isRefused && !isJudging ? (
          <Alert type="warning" header="It would be refused again">
            <Checkbox checked={force} onChange={({ detail: { checked } }) => setForce(checked)}>
              Release it all the same; it comes back as an entry of its own
            </Checkbox>
            {tried && !force ? <div>Mend the line first, or say that it should go all the same.</div> : null}
          </Alert>
        ) : null}
      </SpaceBetween>
    </Container>
  );
};
