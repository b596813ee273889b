import type { QuarantineSummary } from '../../../../lambdas/usage/types.ts';
import { urgency, wordOfQuarantine } from '../../format/state.ts';
import type { Column } from '../../parts/columns.tsx';
import { Link } from '../../parts/link.tsx';
import { State } from '../../parts/state.tsx';
import { Ago } from '../../parts/times.tsx';
import { CODE_NAMES, STATE_NAMES, versionOf } from './words.ts';

export const pathOf = ({ id }: QuarantineSummary): string => `/quarantine/${encodeURIComponent(id)}`;

const compareText = (a: string | undefined, b: string | undefined): number => (a ?? '').localeCompare(b ?? '');

/** The columns of the list of refused lines. */
export const entryColumns: readonly Column<QuarantineSummary>[] = [
  {
    id: 'code',
    header: 'Reason',
    width: 180,
    cell: (entry) => (
      <span title={CODE_NAMES[entry.code]}>
        <Link to={pathOf(entry)}>{entry.code}</Link>
      </span>
    ),
    compare: (a, b) => compareText(a.code, b.code),
    csv: ({ code }) => code,
  },
  {
    id: 'message',
    header: 'What is wrong, and how to mend it',
    width: 380,
    cell: ({ message }) => <span title={message}>{message}</span>,
    compare: (a, b) => compareText(a.message, b.message),
    csv: ({ message }) => message,
  },
  {
    id: 'path',
    header: 'Place',
    width: 125,
    cell: ({ path }) => (path === '' ? 'the whole line' : <code>{path}</code>),
    compare: (a, b) => compareText(a.path, b.path),
    csv: ({ path }) => path,
  },
  {
    id: 'subject',
    header: 'Subject',
    width: 120,
    cell: ({ subject }) => subject ?? '–',
    compare: (a, b) => compareText(a.subject, b.subject),
    csv: ({ subject }) => subject,
  },
  {
    id: 'arrived',
    header: 'Arrived',
    width: 165,
    cell: ({ receivedAt }) => <Ago at={receivedAt} />,
    compare: (a, b) => compareText(a.receivedAt, b.receivedAt),
    csv: ({ receivedAt }) => receivedAt,
  },
  {
    id: 'type',
    header: 'Type',
    width: 260,
    cell: ({ type, dataschema }) =>
      type === undefined ? '–' : <span title={dataschema}>{`${type} ${versionOf(dataschema)}`}</span>,
    compare: (a, b) => compareText(a.dataschema ?? a.type, b.dataschema ?? b.type),
    csv: ({ dataschema, type }) => dataschema ?? type,
  },
  {
    id: 'state',
    header: 'State',
    width: 150,
    cell: ({ state }) => <State word={wordOfQuarantine(state)} label={STATE_NAMES[state]} />,
    compare: (a, b) => urgency(wordOfQuarantine(a.state)) - urgency(wordOfQuarantine(b.state)),
    csv: ({ state }) => state,
  },
  {
    id: 'source',
    header: 'Source',
    width: 230,
    cell: ({ source }) => source ?? '–',
    compare: (a, b) => compareText(a.source, b.source),
    csv: ({ source }) => source,
  },
  {
    id: 'event',
    header: 'Event id',
    width: 200,
    cell: ({ eventId }) => (eventId === undefined ? '–' : <code>{eventId}</code>),
    compare: (a, b) => compareText(a.eventId, b.eventId),
    csv: ({ eventId }) => eventId,
  },
  {
    id: 'id',
    header: 'Entry',
    width: 250,
    cell: ({ id }) => <code>{id}</code>,
    compare: (a, b) => compareText(a.id, b.id),
    csv: ({ id }) => id,
  },
];

/** What one can search refused lines by. */
export const entryFilters = [
  { key: 'subject', label: 'Subject', value: ({ subject }: QuarantineSummary) => subject ?? '' },
  { key: 'type', label: 'Type', value: ({ type }: QuarantineSummary) => type ?? '' },
  { key: 'dataschema', label: 'Schema', value: ({ dataschema }: QuarantineSummary) => dataschema ?? '' },
  { key: 'source', label: 'Source', value: ({ source }: QuarantineSummary) => source ?? '' },
  { key: 'message', label: 'What is wrong', value: ({ message }: QuarantineSummary) => message },
  { key: 'path', label: 'Place', value: ({ path }: QuarantineSummary) => path },
  { key: 'event', label: 'Event id', value: ({ eventId }: QuarantineSummary) => eventId ?? '' },
  { key: 'id', label: 'Entry', value: ({ id }: QuarantineSummary) => id },
];
