/**
 * A drawing on the screen. Each mark is a link to the rows behind it: one of them is reached with Tab, the others with the
 * arrow keys, and what the mark says stands in the line below as soon as it is pointed at or focused.
 */
import { type KeyboardEvent, type MouseEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import classes from './Chart.module.css';
import { type Chart as ChartModel, draw, HATCH, OPACITY, type Paint, type Shape } from './drawing';
import { measure } from './measure';

/** Before the first layout, and where there is none. */
const USUAL_WIDTH = 640;
const LEAST_WIDTH = 280;

interface ChartProps<M> {
  chart: ChartModel<M>;
  label: string;
  /** The address of the rows, so that a mark is a link like any other. */
  hrefOf: (rows: M) => string;
  onOpen: (rows: M) => void;
}

/** The next mark in the direction of the key; stops at both ends. */
export function stepMark(current: number, count: number, key: string): number {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return Math.min(count - 1, current + 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return Math.max(0, current - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return current;
  }
}

export function Chart<M>({ chart, label, hrefOf, onOpen }: ChartProps<M>) {
  const [width, setWidth] = useState(USUAL_WIDTH);
  const [current, setCurrent] = useState(0);
  const [read, setRead] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const hatch = useId();

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const look = (): void => {
      if (element.clientWidth > 0) setWidth(Math.max(LEAST_WIDTH, element.clientWidth));
    };
    look();
    const watcher = new ResizeObserver(look);
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);

  const drawing = useMemo(() => draw(chart, width, measure), [chart, width]);
  const { marks } = drawing;
  const stop = Math.min(current, marks.length - 1);

  const go = (index: number): void => {
    setCurrent(index);
    svg.current?.querySelectorAll<SVGAElement>('a')[index]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = stepMark(stop, marks.length, event.key);
    const handled = ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'Home', 'End'].includes(event.key);
    if (!handled || marks.length === 0) return;
    event.preventDefault();
    if (next !== stop) go(next);
  };
  const open = (event: MouseEvent, rows: M): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onOpen(rows);
  };

  return (
    <div ref={box} className={classes.chart}>
      <svg
        ref={svg}
        role="group"
        aria-label={label}
        width={drawing.width}
        height={drawing.height}
        viewBox={`0 0 ${drawing.width} ${drawing.height}`}
        className={classes.drawing}
        onKeyDown={onKeyDown}
        onPointerLeave={() => setRead(null)}
      >
        {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in here takes the focus; the links below say it all. */}
        <g aria-hidden="true">
          {drawing.shapes.map((shape, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: shapes have no name but their place.
            <Shown key={index} shape={shape} hatch={hatch} />
          ))}
        </g>
        {marks.map((mark, index) => (
          <a
            key={mark.sentence}
            href={hrefOf(mark.rows)}
            tabIndex={index === stop ? 0 : -1}
            aria-label={mark.sentence}
            className={classes.mark}
            data-testid="mark"
            onClick={(event) => open(event, mark.rows)}
            onFocus={() => {
              setCurrent(index);
              setRead(index);
            }}
            onBlur={() => setRead(null)}
            onPointerEnter={() => setRead(index)}
          >
            <rect x={mark.x} y={mark.y} width={mark.width} height={mark.height} rx={2} />
          </a>
        ))}
      </svg>
      <p className={classes.readout} aria-hidden="true">
        {read === null ? '' : (marks[read]?.sentence ?? '')}
      </p>
    </div>
  );
}

const fill = (paint: Paint): string => `var(--${paint.tone})`;

function Shown({ shape, hatch }: { shape: Shape; hatch: string }) {
  if (shape.is === 'text') {
    return (
      <text
        x={shape.x}
        y={shape.y}
        fontSize={shape.size}
        fontWeight={shape.bold ? 600 : 400}
        textAnchor={shape.anchor}
        fill={`var(--${shape.tone})`}
      >
        {shape.text}
      </text>
    );
  }
  if (shape.is === 'line') {
    return (
      <polyline
        points={shape.points.map((point) => point.join(',')).join(' ')}
        fill="none"
        stroke={`var(--${shape.tone})`}
        strokeWidth={shape.width}
        strokeDasharray={shape.dashed ? '4 3' : undefined}
      />
    );
  }
  const { x, y, width, height, paint } = shape;
  if (paint.how !== 'hatched') {
    return <rect x={x} y={y} width={width} height={height} fill={fill(paint)} opacity={OPACITY[paint.how]} />;
  }
  const id = `${hatch}-${paint.tone}-${Math.round(x)}-${Math.round(y)}`;
  return (
    <>
      <pattern
        id={id}
        width={HATCH.step}
        height={HATCH.step}
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width={HATCH.line} height={HATCH.step} fill={fill(paint)} />
      </pattern>
      <rect x={x} y={y} width={width} height={height} fill={`url(#${id})`} stroke={fill(paint)} strokeWidth={1} />
    </>
  );
}
