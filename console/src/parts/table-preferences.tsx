import CollectionPreferences from '@cloudscape-design/components/collection-preferences';

export type TableView = { readonly pageSize: number; readonly visible: readonly string[] };

type Props = {
  readonly columns: readonly { readonly id: string; readonly header: string }[];
  readonly view: TableView;
  readonly change: (view: TableView) => void;
};

const PAGE_SIZES = [25, 50, 100, 500];

/** Rows on a page and which columns are shown. A module of its own, because it loads a drag-and-drop library. */
const TablePreferences = ({ columns, view, change }: Props) => (
  <CollectionPreferences
    title="Table"
    confirmLabel="Use"
    cancelLabel="Cancel"
    preferences={{
      pageSize: view.pageSize,
      visibleContent: view.visible,
    }}
    pageSizePreference={{
      title: 'Rows on a page',
      options: PAGE_SIZES.map((value) => ({ value, label: `${value} rows` })),
    }}
    visibleContentPreference={{
      title: 'Columns',
      options: [
        {
          label: 'Shown, also in the CSV',
          options: columns.map(({ id, header }, index) => ({ id, label: header, editable: index !== 0 })),
        },
      ],
    }}
    onConfirm={({ detail }) =>
      change({
        pageSize: detail.pageSize ?? view.pageSize,
        visible: detail.visibleContent ?? view.visible,
      })
    }
  />
);

export default TablePreferences;
