import type { PropertyFilterQuery } from '@cloudscape-design/collection-hooks';
import PropertyFilter, { type PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import type { Ref } from 'react';

type Props = {
  readonly ref: Ref<PropertyFilterProps.Ref>;
  readonly label: string;
  readonly countText: string;
  readonly filters: readonly { readonly key: string; readonly label: string }[];
  readonly options: readonly { readonly propertyKey: string; readonly value: string }[];
  readonly query: PropertyFilterQuery;
  readonly change: (query: PropertyFilterQuery) => void;
};

const OPERATORS: PropertyFilterProps.ComparisonOperator[] = [':', '!:', '=', '!='];

/** Search by property. A module of its own, because it is large and only long lists need it. */
const PropertySearch = ({ ref, label, countText, filters, options, query, change }: Props) => (
  <PropertyFilter
    ref={ref}
    query={query}
    onChange={({ detail }) => change(detail)}
    filteringProperties={filters.map(({ key, label: name }) => ({
      key,
      propertyLabel: name,
      groupValuesLabel: `${name} values`,
      operators: OPERATORS,
    }))}
    filteringOptions={options}
    filteringPlaceholder={`${label} (press /)`}
    filteringAriaLabel={label}
    countText={countText}
    expandToViewport
    virtualScroll
  />
);

export default PropertySearch;
