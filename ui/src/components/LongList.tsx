/**
 * A list of any length inside something that scrolls: only what is in sight is drawn.
 *
 * A short one is drawn whole, so that the browser's own find, screen readers and printing see all of it.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { Fragment, type Key, type ReactNode, useLayoutEffect, useRef, useState } from 'react';

/** Up to here a list is drawn whole. */
export const SHORT = 60;

interface LongListProps<T> {
  items: readonly T[];
  keyOf: (item: T) => Key;
  /** The likely height of an item in pixels, until it has been measured. */
  estimate: (item: T) => number;
  children: (item: T) => ReactNode;
  /** Brings this item into sight whenever it changes. */
  reveal?: Key | null | undefined;
}

export function LongList<T>(props: LongListProps<T>) {
  const { items, keyOf, children } = props;
  if (items.length > SHORT) return <Windowed {...props} />;
  return items.map((item) => <Fragment key={keyOf(item)}>{children(item)}</Fragment>);
}

/** The nearest element around `element` that scrolls. */
function scrollerOf(element: HTMLElement): HTMLElement {
  for (let around = element.parentElement; around !== null; around = around.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(around).overflowY)) return around;
  }
  return document.documentElement;
}

function Windowed<T>({ items, keyOf, estimate, children, reveal }: LongListProps<T>) {
  const list = useRef<HTMLDivElement>(null);
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const [above, setAbove] = useState(0);

  // What stands above the list in the same scroller may grow or shrink with any drawing.
  useLayoutEffect(() => {
    if (list.current === null) return;
    const found = scrollerOf(list.current);
    setScroller(found);
    setAbove(
      Math.round(
        list.current.getBoundingClientRect().top -
          found.getBoundingClientRect().top +
          found.scrollTop -
          found.clientTop,
      ),
    );
  });

  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
    estimateSize: (index) => {
      const item = items[index];
      return item === undefined ? 0 : estimate(item);
    },
    scrollMargin: above,
    overscan: 6,
  });

  const at = reveal === null || reveal === undefined ? -1 : items.findIndex((item) => keyOf(item) === reveal);
  const latest = useRef(virtual);
  latest.current = virtual;
  useLayoutEffect(() => {
    if (at >= 0) latest.current.scrollToIndex(at, { align: 'auto' });
  }, [at]);

  return (
    <div ref={list} style={{ position: 'relative', blockSize: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map(({ key, index, start }) => {
        const item = items[index];
        if (item === undefined) return null;
        return (
          <div
            key={key}
            ref={virtual.measureElement}
            data-index={index}
            style={{ position: 'absolute', insetInline: 0, insetBlockStart: start - above }}
          >
            {children(item)}
          </div>
        );
      })}
    </div>
  );
}
