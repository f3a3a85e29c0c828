import uPlot from "uplot";
import type { NumberWriter } from "../format/numbers.ts";
import type { TimeWriter } from "../format/times.ts";
import { metricOf, type MetricKind } from "../state/metrics.ts";
import type { ChartColours } from "./palette.ts";
import { loneOf, type Series } from "./series.ts";
import { isZoomable } from "./zoom.ts";

export interface Drawing {
  series: () => Series;
  numbers: NumberWriter;
  times: TimeWriter;
  colours: ChartColours;
  onCursor: (index: number | null) => void;
  /** A stretch of buckets was dragged over, first and last. */
  onStretch: (from: number, to: number) => void;
}

const labelWidthPx = 76;

/** A shorter drag is a click with an unsteady hand. */
const leastDragPx = 10;
const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 1e8, 1e9];
const fineSteps = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];

/** Columns as uPlot wants them: x, closed buckets, the stroke into the open bucket, the comparison. */
export function columnsOf(series: Series): uPlot.AlignedData {
  const { values, open } = series;
  return [
    values.map((_, index) => index),
    values.map((value, index) => (index === open ? null : value)),
    values.map((value, index) => (open >= 0 && (index === open || index === open - 1) ? value : null)),
    series.compared?.values ?? values.map(() => null),
  ];
}

export function optionsOf(drawing: Drawing, width: number, height: number): uPlot.Options {
  const { colours } = drawing;
  const kind = metricOf(drawing.series().metric).kind;
  return {
    width,
    height,
    padding: [12, 24, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: isZoomable(drawing.series()), y: false, setScale: false }, points: { size: 9, width: 2, fill: colours.line, stroke: colours.line } },
    scales: { x: { time: false, range: (_, min, max) => [min, Math.max(max, min + 1)] }, y: { range: (_, min, max) => rangeOf(min, max, kind) } },
    axes: [xAxis(drawing), yAxis(drawing, kind)],
    series: [
      {},
      { stroke: colours.line, width: 2, fill: colours.fill, points: lonePoints },
      { stroke: colours.line, width: 2, dash: [4, 4], fill: colours.fill, points: lonePoints },
      { stroke: colours.compared, width: 1.75, dash: [7, 5], points: lonePoints },
    ],
    hooks: {
      drawClear: [(chart) => hatchOpenBucket(chart, drawing)],
      setCursor: [(chart) => drawing.onCursor(chart.cursor.idx ?? null)],
      setSelect: [(chart) => stretched(chart, drawing)],
    },
  };
}

/** Dots for figures that stand alone, which no line would show. */
const lonePoints: uPlot.Series.Points = {
  show: false,
  filter: (chart, column) => loneOf(chart.data[column] ?? []),
};

function rangeOf(min: number | null, max: number | null, kind: MetricKind): [number, number] {
  const [low, high] = uPlot.rangeNum(Math.min(0, min ?? 0), max ?? 0, 0.08, true);
  const least = kind === "ratio" ? 0.01 : kind === "money" ? 1 : 4;
  return [Math.min(0, min ?? 0) < 0 ? low ?? 0 : 0, Math.max(high ?? 0, least)];
}

function xAxis(drawing: Drawing): uPlot.Axis {
  return {
    stroke: drawing.colours.text,
    font: "12px 'Inter Variable', system-ui, sans-serif",
    size: 34,
    gap: 8,
    grid: { show: false },
    ticks: { show: false },
    splits: (chart) => {
      const count = drawing.series().starts.length;
      const step = Math.max(1, Math.ceil((count * labelWidthPx) / Math.max(1, chart.bbox.width / devicePixelRatio)));
      return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
    },
    values: (_, splits) =>
      splits.map((index) => {
        const { starts, granularity } = drawing.series();
        const start = starts[index] ?? "";
        return start === "" ? "" : drawing.times.tick(start, granularity);
      }),
  };
}

function yAxis(drawing: Drawing, kind: MetricKind): uPlot.Axis {
  return {
    stroke: drawing.colours.text,
    font: "12px 'Inter Variable', system-ui, sans-serif",
    size: 62,
    gap: 8,
    incrs: kind === "count" ? wholeSteps : [...fineSteps, ...wholeSteps],
    space: 48,
    grid: { stroke: drawing.colours.grid, width: 1 },
    ticks: { show: false },
    values: (_, splits) => splits.map((value) => drawing.numbers.short(value, kind)),
  };
}

function stretched(chart: uPlot, drawing: Drawing): void {
  const { left, width } = chart.select;
  if (width >= leastDragPx) {
    drawing.onStretch(chart.posToIdx(left), chart.posToIdx(left + width));
  }

  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

/** Diagonal lines behind the bucket that is still filling: its figure will grow, its drop is no drop. */
function hatchOpenBucket(chart: uPlot, drawing: Drawing): void {
  const { open } = drawing.series();
  if (open < 1) {
    return;
  }

  const left = chart.valToPos(open - 1, "x", true);
  const right = chart.valToPos(open, "x", true);
  const { top, height } = chart.bbox;
  const pen = chart.ctx;
  pen.save();
  pen.beginPath();
  pen.rect(left, top, right - left, height);
  pen.clip();
  pen.strokeStyle = drawing.colours.hatch;
  pen.lineWidth = devicePixelRatio;
  pen.beginPath();
  const step = 7 * devicePixelRatio;
  for (let x = left - height; x < right; x += step) {
    pen.moveTo(x, top + height);
    pen.lineTo(x + height, top);
  }

  pen.stroke();
  pen.restore();
}
