import "uplot/dist/uPlot.min.css";
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import type { NumberWriter } from "../format/numbers.ts";
import type { TimeWriter } from "../format/times.ts";
import type { Days } from "../state/ranges.ts";
import { columnsOf, optionsOf } from "./options.ts";
import { coloursOf } from "./palette.ts";
import { isShown, type Series } from "./series.ts";
import { summaryOf } from "./summary.ts";
import { Tooltip } from "./Tooltip.tsx";
import { daysWithin } from "./zoom.ts";

interface ChartProps {
  series: Series;
  numbers: NumberWriter;
  times: TimeWriter;
  /** The theme showing; a change redraws in its colours. */
  theme: string;
  /** Days were dragged over: show them. */
  zoom: (days: Days) => void;
}

const heightOf = (width: number): number => (width < 560 ? 220 : 300);

/** A line over time that keyboards and screen readers can use as well: arrow keys move the cursor, its words are read out. */
export function Chart({ series, numbers, times, theme, zoom }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(series);
  latest.current = series;
  const [cursor, setCursor] = useState<number | null>(null);

  useEffect(() => {
    const element = host.current!;
    const onStretch = (from: number, to: number): void => {
      const days = daysWithin(latest.current, from, to, times.zone);
      if (days !== null) {
        zoom(days);
      }
    };
    const drawing = { series: () => latest.current, numbers, times, colours: coloursOf(element), onCursor: setCursor, onStretch };
    const width = element.clientWidth;
    const made = new uPlot(optionsOf(drawing, width, heightOf(width)), columnsOf(latest.current), element);
    chart.current = made;
    const resized = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientWidth !== made.width) {
        made.setSize({ width: element.clientWidth, height: heightOf(element.clientWidth) });
      }
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      chart.current = null;
      setCursor(null);
    };
  }, [theme, numbers, times, series.metric, series.granularity]);

  useEffect(() => chart.current?.setData(columnsOf(series)), [series]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const target = nextCursor(event.key, cursor, series);
    if (target === undefined || chart.current === null) {
      return;
    }

    event.preventDefault();
    const left = target === null ? -10 : chart.current.valToPos(target, "x");
    chart.current.setCursor({ left, top: target === null ? -10 : 10 });
  };

  const summary = summaryOf(series, numbers, times);
  return (
    <div class="chart" role="group" aria-label="Chart. Arrow keys move along it." tabIndex={0} onKeyDown={onKeyDown} data-testid="chart">
      <div ref={host} class="chart-canvas" role="img" aria-label={summary} />
      {cursor !== null && isShown(series, cursor) && (
        <Tooltip series={series} index={cursor} left={chart.current?.valToPos(cursor, "x") ?? 0} plot={chart.current} numbers={numbers} times={times} />
      )}
    </div>
  );
}

/** Where a key moves the cursor: a bucket, null to hide it, undefined when the key means nothing here. */
function nextCursor(key: string, cursor: number | null, series: Series): number | null | undefined {
  const shown = series.starts.map((_, index) => index).filter((index) => isShown(series, index));
  const last = shown.at(-1);
  if (last === undefined) {
    return undefined;
  }

  switch (key) {
    case "ArrowLeft":
      return cursor === null ? last : shown.findLast((index) => index < cursor) ?? cursor;
    case "ArrowRight":
      return cursor === null ? last : shown.find((index) => index > cursor) ?? cursor;
    case "Home":
      return shown[0];
    case "End":
      return last;
    case "Escape":
      return null;
    default:
      return undefined;
  }
}
