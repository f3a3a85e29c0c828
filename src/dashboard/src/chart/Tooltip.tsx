import type uPlot from "uplot";
import { changeOf, type NumberWriter } from "../format/numbers.ts";
import type { TimeWriter } from "../format/times.ts";
import { metricOf } from "../state/metrics.ts";
import type { Series } from "./series.ts";

interface TooltipProps {
  series: Series;
  index: number;
  /** Of the cursor, in CSS pixels from the plot's left edge. */
  left: number;
  plot: uPlot | null;
  numbers: NumberWriter;
  times: TimeWriter;
}

/** What the cursor points at, in words; a polite live region, so that arrow keys read it out. */
export function Tooltip({ series, index, left, plot, numbers, times }: TooltipProps) {
  const metric = metricOf(series.metric);
  const plotLeft = (plot?.bbox.left ?? 0) / devicePixelRatio;
  const plotWidth = (plot?.bbox.width ?? 0) / devicePixelRatio;
  const now = series.values[index] ?? null;
  const then = series.compared?.values[index] ?? null;
  const start = series.starts[index] ?? "";
  const thenStart = series.compared?.starts[index] ?? "";
  const change = changeOf(now, then);
  const side = left > plotWidth / 2 ? "left" : "right";
  return (
    <div class={`tooltip tooltip-${side}`} style={{ left: `${plotLeft + left}px` }} role="status" aria-live="polite" data-testid="tooltip">
      {start !== "" && now !== null && (
        <p>
          <span class="swatch swatch-now" aria-hidden="true" />
          <span class="tooltip-when">{times.bucket(start, series.granularity)}</span>
          <strong>{numbers.write(now, metric.kind)}</strong>
        </p>
      )}
      {thenStart !== "" && then !== null && (
        <p>
          <span class="swatch swatch-then" aria-hidden="true" />
          <span class="tooltip-when">{times.bucket(thenStart, series.granularity)}</span>
          <strong>{numbers.write(then, metric.kind)}</strong>
        </p>
      )}
      {change !== null && index !== series.open && <p class="tooltip-note">{numbers.change(change)}</p>}
      {index === series.open && <p class="tooltip-note">still open</p>}
    </div>
  );
}
