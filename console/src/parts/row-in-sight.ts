import { useEffect } from 'react';

/** Whether the row is outside of the window, or under a sticky header or the split panel. */
const isHidden = (row: Element): boolean => {
  const box = row.getBoundingClientRect();
  const middle = box.left + box.width / 2;
  return [box.top + 6, box.bottom - 6].some((y) => {
    const seen = document.elementFromPoint(middle, y);
    return seen === null || !row.contains(seen);
  });
};

/**
 * Scrolls the chosen row of the page's selectable table to where it can be seen: a row that the keyboard or a link
 * chose may be elsewhere, or under the panel that opens with it.
 */
export const useRowInSight = (row: string | undefined): void => {
  useEffect(() => {
    if (row === undefined) return;
    const look = () => {
      const chosen = document.querySelector('td input[type="radio"]:checked')?.closest('tr');
      // The panel takes less than half of the window, so the middle is in sight.
      if (chosen && isHidden(chosen)) chosen.scrollIntoView({ block: 'center' });
    };
    // The panel opens after this render, the first time only when it was loaded; then it is known what it covers.
    const timers = [80, 600].map((delay) => window.setTimeout(look, delay));
    return () => {
      for (const timer of timers) window.clearTimeout(timer);
    };
  }, [row]);
};
