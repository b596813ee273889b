import type { FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';

/** Messages about what was done or refused, at the top of the page until dismissed. */
export type Flash = {
  readonly type: 'success' | 'error' | 'info' | 'warning';
  readonly header: string;
  readonly text: ReactNode;
};

type Flashes = { readonly items: readonly FlashbarProps.MessageDefinition[]; readonly show: (flash: Flash) => void };

const FlashContext = createContext<Flashes | undefined>(undefined);
const MOST = 4;

export const FlashProvider = ({ children }: { children: ReactNode }) => {
  const [items, setItems] = useState<readonly FlashbarProps.MessageDefinition[]>([]);
  const count = useRef(0);
  const show = useCallback(({ type, header, text }: Flash) => {
    count.current += 1;
    const id = `flash-${count.current}`;
    const message: FlashbarProps.MessageDefinition = {
      id,
      type,
      header,
      content: text,
      dismissible: true,
      dismissLabel: 'Dismiss',
      ariaRole: type === 'error' ? 'alert' : 'status',
      onDismiss: () => setItems((before) => before.filter((item) => item.id !== id)),
    };
    setItems((before) => [message, ...before].slice(0, MOST));
  }, []);
  const value = useMemo(() => ({ items, show }), [items, show]);
  return <FlashContext value={value}>{children}</FlashContext>;
};

export const useFlashes = (): Flashes => {
  const flashes = useContext(FlashContext);
  if (!flashes) throw new Error('used outside of the flashes');
  return flashes;
};
