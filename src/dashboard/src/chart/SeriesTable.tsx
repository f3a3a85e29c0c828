import type { NumberWriter } from "../format/numbers.ts";
import type { TimeWriter } from "../format/times.ts";
import { metricOf } from "../state/metrics.ts";
import { isShown, type Series } from "./series.ts";

interface SeriesTableProps {
  series: Series;
  numbers: NumberWriter;
  times: TimeWriter;
}

/** The chart's figures as a table, newest last as in the chart. */
export function SeriesTable({ series, numbers, times }: SeriesTableProps) {
  const metric = metricOf(series.metric);
  const rows = series.starts.map((_, index) => index).filter((index) => isShown(series, index));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`${metric.label} per ${series.granularity}, as a table`}>
      <table class="figures" data-testid="series-table">
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col" class="number">{metric.label}</th>
            {series.compared !== null && <th scope="col">Compared with</th>}
            {series.compared !== null && <th scope="col" class="number">{metric.label}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((index) => (
            <tr key={index}>
              <th scope="row">
                {when(series.starts[index], series, times)}
                {index === series.open && <span class="badge">still open</span>}
              </th>
              <td class="number">{numbers.write(series.values[index] ?? null, metric.kind)}</td>
              {series.compared !== null && <td>{when(series.compared.starts[index], series, times)}</td>}
              {series.compared !== null && <td class="number">{numbers.write(series.compared.values[index] ?? null, metric.kind)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const when = (start: string | undefined, series: Series, times: TimeWriter): string =>
  start === undefined || start === "" ? "–" : times.bucket(start, series.granularity);
