import { useEffect, useRef } from 'react';

/** What the keyboard does outside of fields and dialogs. */
export type Keys = Readonly<Partial<Record<'/' | 'j' | 'k' | 'enter' | '?', () => void>>>;

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    ['TEXTAREA', 'SELECT'].includes(target.tagName) ||
    (target instanceof HTMLInputElement && !['radio', 'checkbox'].includes(target.type)));

/** Enter belongs to what has the focus: links, buttons and menus keep it. */
const ownsEnter = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('a, button, [role="menu"], [role="tab"], summary') !== null;

const isDialogOpen = (): boolean => document.querySelector('[role="dialog"][aria-modal="true"]') !== null;

/** Listens for these keys as long as the component is there. */
export const useKeys = (keys: Keys): void => {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isField(event.target) || isDialogOpen()) return;
      if (event.key === 'Enter' && ownsEnter(event.target)) return;
      const action = latest.current[event.key.toLowerCase() as keyof Keys];
      if (!action) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
};
