import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Publication } from '../../../../lambdas/catalog/types.ts';
import { usePublish, useSubmit } from '../../api/price-books.ts';
import { explain } from '../../api/words.ts';
import { plural } from '../../format/amount.ts';
import { useFlashes } from '../../frame/flashes.tsx';
import { useLocale } from '../../frame/preferences.tsx';
import { Id } from '../../parts/id.tsx';
import { Question } from '../../parts/question.tsx';
import { changesInShort } from './words.ts';

type Props = { readonly publication: Publication; readonly done: () => void };

/**
 * The step of a publication that was chosen: its author submits a draft, another person publishes what was submitted. Not
 * its present state: once it is done, that is another one, and the question still has to tell what came of it.
 */
export const Decide = ({ step, ...props }: Props & { readonly step: 'submit' | 'publish' }) =>
  step === 'submit' ? <Submit {...props} /> : <Publish {...props} />;

const Publish = ({ publication, done }: Props) => {
  const locale = useLocale();
  const { show } = useFlashes();
  const publish = usePublish(publication.publicationId);
  const { changes, warnings = [], hash, proposedBy } = publication;
  const entries = plural(changes.length, 'entry', locale, 'entries');
  const submit = () =>
    publish.mutate(hash, {
      onSuccess: () =>
        show({
          type: 'success',
          header: `Published ${entries}`,
          text: 'Each holds from its own date on. The decision is in the audit log.',
        }),
      onError: (error) => {
        const { header, text } = explain(error, 'Nothing was published');
        show({ type: 'error', header, text });
      },
      onSettled: done,
    });
  return (
    <Question
      header={`Publish ${changesInShort(publication)}`}
      action={`Publish ${entries}`}
      submit={submit}
      isPending={publish.isPending}
      done={done}
    >
      <div>
        Publishes {entries} that {proposedBy} proposed, all or none. A published version is never edited; what is wrong
        with it is mended by the next one.
      </div>
      {warnings.length > 0 ? (
        <div>
          <Box variant="awsui-key-label">Doubted by the checks, accepted by {proposedBy}</Box>
          <ul className="notes">
            {warnings.map(({ key, id, message }) => (
              <li key={key}>
                <b>{id}</b> {message}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      <Box fontSize="body-s" color="text-body-secondary">
        You sign the hash <Id id={hash} short={16} />
      </Box>
    </Question>
  );
};

const Submit = ({ publication, done }: Props) => {
  const locale = useLocale();
  const { show } = useFlashes();
  const submitDraft = useSubmit(publication.publicationId);
  const { changes, warnings = [] } = publication;
  const [accepted, setAccepted] = useState<readonly string[]>([]);
  const [tried, setTried] = useState(false);
  const entries = plural(changes.length, 'entry', locale, 'entries');
  const isOpen = warnings.some(({ key }) => !accepted.includes(key));
  const submit = () => {
    setTried(true);
    if (isOpen) return;
    submitDraft.mutate(accepted, {
      onSuccess: () =>
        show({
          type: 'success',
          header: `Submitted ${entries}`,
          text: 'Another person sees it here and publishes it.',
        }),
      onError: (error) => {
        const { header, text } = explain(error, 'It was not submitted');
        show({ type: 'error', header, text });
      },
      onSettled: done,
    });
  };
  return (
    <Question
      header={`Submit ${changesInShort(publication)}`}
      action={`Submit ${entries}`}
      submit={submit}
      isPending={submitDraft.isPending}
      done={done}
    >
      <div>Sends {entries} to a second person. Nothing holds before that person has published it.</div>
      {warnings.length > 0 ? (
        <FormField
          label="What the checks doubt"
          description="Accept what is meant, mend the rest in a new draft. It is kept in the audit log, and whoever publishes it sees it."
          errorText={tried && isOpen ? 'Accept each of them, or mend it.' : ''}
        >
          <SpaceBetween size="xs">
            {warnings.map(({ key, id, message }) => (
              <Checkbox
                key={key}
                checked={accepted.includes(key)}
                onChange={({ detail }) =>
                  setAccepted((before) => (detail.checked ? [...before, key] : before.filter((each) => each !== key)))
                }
              >
                {id}: {message}
              </Checkbox>
            ))}
          </SpaceBetween>
        </FormField>
      ) : null}
    </Question>
  );
};
