import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SplitPanel from '@cloudscape-design/components/split-panel';
import Tabs from '@cloudscape-design/components/tabs';
import type { DocumentLine, ErpDocument } from '../../../../lambdas/close/types.ts';
import { Id } from '../../parts/id.tsx';
import { Calculation } from './calculation.tsx';
import { LineEvents } from './line-events.tsx';

/** How a line's amount came about: the arithmetic, the very events, and the pinned inputs. */
export const LinePanel = ({ document, line }: { document: ErpDocument; line: DocumentLine }) => {
  const { pins } = line.rated;
  return (
    <SplitPanel header={line.description} hidePreferencesButton closeBehavior="hide">
      <Tabs
        ariaLabel="About the line"
        tabs={[
          {
            id: 'calculation',
            label: 'How it was computed',
            content: <Calculation document={document} line={line} />,
          },
          {
            id: 'events',
            label: 'The very events',
            content: <LineEvents line={line} zone={document.period.zone} />,
          },
          {
            id: 'pins',
            label: 'Pinned inputs',
            content: (
              <KeyValuePairs
                columns={3}
                items={[
                  { label: 'Contract', value: `${line.rated.contract}, version ${pins.contractVersion}` },
                  { label: 'Price book', value: `${pins.priceBook}, version ${pins.priceBookVersion}` },
                  { label: 'Policy', value: pins.policy },
                  { label: 'Engine', value: pins.engine },
                  { label: 'Hash of the usage', value: <Id id={pins.usageHash} short={16} /> },
                  { label: 'Hash of all inputs', value: <Id id={line.rated.inputsHash} short={16} /> },
                  { label: 'Line id', value: <Id id={line.lineId} short={32} /> },
                ]}
              />
            ),
          },
        ]}
      />
    </SplitPanel>
  );
};
