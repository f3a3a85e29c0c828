import { Chart } from "../chart/Chart.tsx";
import { SeriesTable } from "../chart/SeriesTable.tsx";
import type { Series } from "../chart/series.ts";
import { toCsv } from "../format/csv.ts";
import type { NumberWriter } from "../format/numbers.ts";
import type { TimeWriter } from "../format/times.ts";
import type { View } from "../state/address.ts";
import { metricOf } from "../state/metrics.ts";
import type { Figures } from "../state/useFigures.ts";
import type { Go } from "../state/useView.ts";
import { Failure } from "./Failure.tsx";
import { saveAs } from "./SaveFile.tsx";

interface SeriesPanelProps {
  figures: Figures;
  view: View;
  numbers: NumberWriter;
  times: TimeWriter;
  theme: string;
  go: Go;
}

/** The chosen metric over time, as a chart or as a table of the same figures. */
export function SeriesPanel({ figures, view, numbers, times, theme, go }: SeriesPanelProps) {
  const { series } = figures;
  const metric = metricOf(view.metric);
  if (series === null) {
    return figures.seriesProblem === null ? (
      <div class="bone bone-chart" aria-hidden="true" />
    ) : (
      <Failure what={`${metric.label} over time`} problem={figures.seriesProblem} retry={figures.retry} />
    );
  }

  return (
    <div class="series">
      <div class="series-head">
        <h2>{metric.label} <span class="quiet-text">per {series.granularity}</span></h2>
        <span class="legend">
          {series.compared !== null && <span><span class="swatch swatch-now" aria-hidden="true" /> this period</span>}
          {series.compared !== null && <span><span class="swatch swatch-then" aria-hidden="true" /> compared</span>}
          {series.open >= 0 && <span><span class="swatch swatch-open" aria-hidden="true" /> still open</span>}
        </span>
        <span class="grow" />
        {view.table && <button type="button" class="quiet" onClick={() => download(series, view)}>Save CSV</button>}
        <button type="button" class="quiet" aria-pressed={view.table} data-testid="as-table" onClick={() => go({ table: !view.table })}>
          {view.table ? "Show as chart" : "Show as table"}
        </button>
      </div>
      {view.table ? (
        <SeriesTable series={series} numbers={numbers} times={times} />
      ) : (
        <Chart series={series} numbers={numbers} times={times} theme={theme} zoom={(custom) => go({ range: "custom", custom })} />
      )}
      {figures.seriesProblem !== null && <p class="note">The comparison could not be loaded: {figures.seriesProblem.title}.</p>}
    </div>
  );
}

function download(series: Series, view: View): void {
  const head = series.compared === null ? ["start", series.metric] : ["start", series.metric, "compared_start", `compared_${series.metric}`];
  const rows = series.starts.map((start, index) => {
    const own = [start, series.values[index] ?? null];
    return series.compared === null ? own : [...own, series.compared.starts[index] ?? "", series.compared.values[index] ?? null];
  });
  // The byte order mark tells Excel that it is UTF-8.
  saveAs(`${series.metric}-${view.range}.csv`, new Blob(["\ufeff", toCsv([head, ...rows])], { type: "text/csv" }));
}
