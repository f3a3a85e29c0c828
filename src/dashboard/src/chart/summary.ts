import type { NumberWriter } from "../format/numbers.ts";
import type { TimeWriter } from "../format/times.ts";
import { metricOf } from "../state/metrics.ts";
import type { Series } from "./series.ts";

/** The chart in one sentence, for those who do not see it. */
export function summaryOf(series: Series, numbers: NumberWriter, times: TimeWriter): string {
  const metric = metricOf(series.metric);
  const known = series.values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  const first = known[0];
  const last = known.at(-1);
  if (first === undefined || last === undefined) {
    return `${metric.label} per ${series.granularity}: no figures in this period.`;
  }

  const highest = known.reduce((best, candidate) => (candidate.value > best.value ? candidate : best));
  const at = (index: number): string => times.bucket(series.starts[index] ?? "", series.granularity);
  const write = (value: number): string => numbers.write(value, metric.kind);
  const open = series.open === last.index ? ", which is still open" : "";
  const compared = series.compared === null ? "" : " A dashed line shows the period compared with.";
  return (
    `${metric.label} per ${series.granularity} from ${at(first.index)} to ${at(last.index)}${open}: ` +
    `highest ${write(highest.value)} at ${at(highest.index)}, last ${write(last.value)}.${compared}`
  );
}
