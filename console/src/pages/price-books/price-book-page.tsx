import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams, useSearchParams } from 'react-router';
import type { BookVersion, BookView } from '../../../../lambdas/catalog/types.ts';
import { useBookDiff, usePriceBook, usePriceBooks } from '../../api/price-books.ts';
import { Page } from '../../frame/page.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Id } from '../../parts/id.tsx';
import { Link } from '../../parts/link.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { State } from '../../parts/state.tsx';
import { Ago } from '../../parts/times.tsx';
import { Differences } from './differences.tsx';
import { HoldsAt } from './holds-at.tsx';
import { Prices } from './prices.tsx';
import { labelOfBook, nameOfVersion, pathOfPublication, titleOfVersion, wordOfBook } from './words.ts';

/** What does this version of a price book say, and what does it change? */
const PriceBookPage = () => {
  const { id = '' } = useParams();
  const [parameters] = useSearchParams();
  const { data, error, refetch } = usePriceBook(id, parameters.get('version') ?? undefined);
  return (
    <Page title={data?.version.name ?? id} crumbs={[{ text: 'Price books', href: '/price-books' }]}>
      {data === undefined ? (
        <SpaceBetween size="m">
          <Header variant="h1">{id}</Header>
          {error ? (
            <Failure what="This price book" error={error} retry={() => refetch()} />
          ) : (
            <LoadingRows label="Reading the price book" />
          )}
        </SpaceBetween>
      ) : (
        <Book view={data} />
      )}
    </Page>
  );
};

const Book = ({ view }: { view: BookView }) => {
  const { version, prices } = view;
  const [parameters] = useSearchParams();
  const against = parameters.get('against') ?? undefined;
  const diff = useBookDiff(version.id, against, nameOfVersion(version));
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={`Prices in ${version.currency}`}>
        {version.name}, version {version.version}
      </Header>
      <Container>
        <SpaceBetween size="l">
          <Facts version={version} />
          <Versions version={version} against={against} />
        </SpaceBetween>
      </Container>
      {against === undefined ? null : (
        <Differences id={version.id} diff={diff.data} error={diff.error} retry={() => diff.refetch()} />
      )}
      <Prices prices={prices} csvName={`${version.id} prices`} />
    </SpaceBetween>
  );
};

const Facts = ({ version }: { version: BookVersion }) => {
  const { effectiveFrom, effectiveUntil, proposedBy, publishedBy, publishedAt, publicationId } = version;
  return (
    <KeyValuePairs
      columns={4}
      items={[
        { label: 'State', value: <State word={wordOfBook(version)} label={labelOfBook(version)} /> },
        { label: 'Holds from', value: <HoldsAt at={effectiveFrom} /> },
        {
          label: 'Until',
          value: effectiveUntil === undefined ? 'another version supersedes it' : <HoldsAt at={effectiveUntil} />,
        },
        { label: 'Proposed by', value: proposedBy },
        publicationId === undefined
          ? { label: 'Published by', value: publishedBy ?? '–' }
          : { label: 'Waits in', value: <Link to={pathOfPublication(publicationId)}>{publicationId}</Link> },
        { label: 'Published', value: publishedAt === undefined ? 'not yet' : <Ago at={publishedAt} /> },
        { label: 'Id', value: <Id id={version.id} /> },
        { label: 'Hash', value: <Id id={version.hash} short={16} /> },
      ]}
    />
  );
};

const NONE = { value: '', label: 'No comparison' };

/** Which version is shown, and which one it is compared with; both are in the address. */
const Versions = ({ version, against }: { version: BookVersion; against: string | undefined }) => {
  const [, setParameters] = useSearchParams();
  const books = usePriceBooks();
  const options = (books.data ?? [])
    .filter(({ id }) => id === version.id)
    .map((book) => ({
      value: nameOfVersion(book),
      label: titleOfVersion(book),
      description: book.effectiveFrom.slice(0, 10),
    }));
  const choose = (name: 'version' | 'against', value: string | undefined) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === undefined || value === '') after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  const others = options.filter(({ value }) => value !== nameOfVersion(version));
  return (
    <ColumnLayout columns={4}>
      <FormField label="Version">
        <Select
          options={options}
          selectedOption={{ value: nameOfVersion(version), label: titleOfVersion(version) }}
          onChange={({ detail }) => choose('version', detail.selectedOption.value)}
          statusType={books.isPending ? 'loading' : 'finished'}
        />
      </FormField>
      <FormField label="Compared with">
        <Select
          options={[NONE, ...others]}
          selectedOption={others.find(({ value }) => value === against) ?? NONE}
          onChange={({ detail }) => choose('against', detail.selectedOption.value)}
          empty="There is no other version"
        />
      </FormField>
    </ColumnLayout>
  );
};

export default PriceBookPage;
