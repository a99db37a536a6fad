import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import { type FocusEvent, type RefObject, useCallback, useLayoutEffect, useState } from 'react';

const ROW_HEIGHT_PX = 53;
/** Rows that are there beyond the screen on each side, so that the Tab key finds the next one. */
const OVERSCAN = 12;

/** Which rows of a long table are to be there: those near the screen, and the one that has the focus. */
export function useRowsNearScreen(body: RefObject<HTMLElement | null>, count: number) {
  const [focused, setFocused] = useState<number | null>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => {
    if (count === 0 || !body.current) return;
    const top = Math.round(body.current.getBoundingClientRect().top + window.scrollY);
    setScrollMargin((old) => (Math.abs(old - top) > 1 ? top : old));
  }, [body, count]);
  const rangeExtractor = useCallback(
    (range: Range) => {
      const near = defaultRangeExtractor(range);
      if (focused === null || focused >= range.count || near.includes(focused)) return near;
      return [...near, focused].sort((a, b) => a - b);
    },
    [focused],
  );
  const virtualizer = useWindowVirtualizer<HTMLTableRowElement>({
    count,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: OVERSCAN,
    scrollMargin,
    rangeExtractor,
    measureElement: heightOf,
  });
  const items = virtualizer.getVirtualItems();
  const total = virtualizer.getTotalSize();
  const indexOf = (event: FocusEvent) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('tr[data-index]');
    return row === null ? null : Number(row.dataset.index);
  };
  return {
    /** Index of each row that is there, with the empty height before it. */
    rows: items.map((item, n) => ({
      index: item.index,
      gap: item.start - (items[n - 1]?.end ?? scrollMargin),
    })),
    /** The empty height after the last one. */
    rest: Math.max(0, total - ((items.at(-1)?.end ?? scrollMargin) - scrollMargin)),
    measure: virtualizer.measureElement,
    onFocus: (event: FocusEvent) => setFocused(indexOf(event)),
    onBlur: (event: FocusEvent) => {
      if (event.relatedTarget === null) setFocused(null);
    },
  };
}

/** With what is unfolded below it. */
function heightOf(row: HTMLTableRowElement): number {
  const below = row.dataset.unfolded ? (row.nextElementSibling as HTMLElement | null) : null;
  // Without a layout, as in tests, everything is 0 high.
  return row.offsetHeight + (below?.offsetHeight ?? 0) || ROW_HEIGHT_PX;
}
