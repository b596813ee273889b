import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { QuarantineCount, QuarantineState } from '../../../../lambdas/usage/types.ts';
import { formatCount } from '../../format/amount.ts';
import { useLocale } from '../../frame/preferences.tsx';
import { Ago } from '../../parts/times.tsx';
import { CODE_NAMES, STATE_NAMES, STATES } from './words.ts';

type Props = {
  readonly counts: readonly QuarantineCount[] | undefined;
  readonly state: QuarantineState;
  readonly code: string | undefined;
  readonly choose: (change: { readonly state?: QuarantineState; readonly code?: string | undefined }) => void;
};

const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** How many lines there are in each state, and in the chosen one by reason, with the age of the oldest. */
export const Reasons = ({ counts = [], state, code, choose }: Props) => {
  const locale = useLocale();
  const figure = (some: readonly QuarantineCount[]): string => {
    const total = some.reduce((sum, { count }) => sum + count, 0);
    return `${formatCount(total, locale)}${some.some(({ more }) => more) ? '+' : ''}`;
  };
  const own = counts.filter((each) => each.state === state).toSorted((a, b) => b.count - a.count);
  return (
    <SpaceBetween size="s">
      <SegmentedControl
        label="State of the lines"
        selectedId={state}
        options={STATES.map((id) => ({
          id,
          text: `${capitalised(STATE_NAMES[id])} (${figure(counts.filter((each) => each.state === id))})`,
        }))}
        onChange={({ detail }) => choose({ state: detail.selectedId as QuarantineState, code: undefined })}
      />
      {own.length === 0 ? null : (
        <SpaceBetween direction="horizontal" size="l">
          {own.map((each) => (
            <span key={each.code} className="nowrap" title={CODE_NAMES[each.code]}>
              <Button
                variant="inline-link"
                ariaLabel={each.code === code ? `Show all reasons, not only ${code}` : `Show only ${each.code}`}
                {...(each.code === code ? { iconName: 'close' as const, iconAlign: 'right' as const } : {})}
                onClick={() => choose({ code: each.code === code ? undefined : each.code })}
              >
                {each.code}
              </Button>{' '}
              <b className="num">{figure([each])}</b>{' '}
              <Box variant="span" color="text-body-secondary" fontSize="body-s">
                oldest <Ago at={each.oldest} />
              </Box>
            </span>
          ))}
        </SpaceBetween>
      )}
    </SpaceBetween>
  );
};
