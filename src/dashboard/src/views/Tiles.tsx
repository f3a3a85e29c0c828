import { useEffect, useRef, useState } from "preact/hooks";
import { changeOf, type NumberWriter } from "../format/numbers.ts";
import type { View } from "../state/address.ts";
import { metrics, valueIn, type Metric } from "../state/metrics.ts";
import { comparisons } from "../state/ranges.ts";
import type { Figures } from "../state/useFigures.ts";
import type { Go } from "../state/useView.ts";

interface TilesProps {
  figures: Figures;
  view: View;
  numbers: NumberWriter;
  go: Go;
}

/** One tile per metric; the chosen one is what the chart shows. */
export function Tiles({ figures, view, numbers, go }: TilesProps) {
  const against = comparisons.find((comparison) => comparison.id === view.compare)?.against ?? "";
  return (
    <div class="tiles" role="group" aria-label="Metrics" aria-busy={figures.totals === null} data-testid="tiles">
      {metrics.map((metric) => (
        <Tile
          key={metric.id}
          metric={metric}
          value={figures.totals === null ? undefined : valueIn(figures.totals, metric.id)}
          then={figures.compared === null ? undefined : valueIn(figures.compared, metric.id)}
          against={against}
          bound={boundOf(figures, metric)}
          chosen={view.metric === metric.id}
          choose={() => go({ metric: metric.id })}
          numbers={numbers}
        />
      ))}
    </div>
  );
}

interface TileProps {
  metric: Metric;
  /** Undefined while loading, null when there is no such figure (no orders: no order value). */
  value: number | null | undefined;
  then: number | null | undefined;
  against: string;
  /** Relative error, for estimates. */
  bound: number | null;
  chosen: boolean;
  choose: () => void;
  numbers: NumberWriter;
}

function Tile({ metric, value, then, against, bound, chosen, choose, numbers }: TileProps) {
  const moved = useMoved(value);
  if (value === undefined) {
    return (
      <div class="tile" data-metric={metric.id}>
        <span class="tile-label">{metric.label}</span>
        <span class="bone bone-figure" />
      </div>
    );
  }

  const estimate = bound !== null && value !== null && value !== 0;
  const meaning = estimate ? `${metric.meaning} An estimate, ± ${(bound * 100).toFixed(1)} %.` : metric.meaning;
  return (
    <button type="button" class="tile" data-metric={metric.id} data-value={value ?? ""} aria-pressed={chosen} onClick={choose} title={meaning}>
      <span class="tile-label">{metric.label}</span>
      <span class={moved ? "tile-figure moved" : "tile-figure"}>
        {estimate && <abbr class="about" title={`± ${(bound * 100).toFixed(1)} %`}>~</abbr>}
        {numbers.write(value, metric.kind)}
      </span>
      {then !== undefined && <Change change={changeOf(value, then)} then={numbers.write(then, metric.kind)} against={against} numbers={numbers} />}
    </button>
  );
}

interface ChangeProps {
  change: number | null;
  then: string;
  against: string;
  numbers: NumberWriter;
}

/** Below this a change is written as 0.0 %, and an arrow beside that would be a riddle. */
const leastChange = 0.0005;

/** An arrow, a sign and a word for screen readers: never colour alone. */
function Change({ change, then, against, numbers }: ChangeProps) {
  if (change === null) {
    return <span class="change" title={`No change can be given against ${against}`}><span class="was">was {then}</span></span>;
  }

  const direction = change >= leastChange ? "up" : change <= -leastChange ? "down" : "same";
  const arrow = { up: "↑", down: "↓", same: "→" }[direction];
  return (
    <span class={`change change-${direction}`} data-change={change} title={`${then} in ${against}`}>
      <span aria-hidden="true">{arrow}</span> {numbers.change(change)} <span class="was">was {then}</span>
    </span>
  );
}

function boundOf(figures: Figures, metric: Metric): number | null {
  const bounds = figures.honesty?.approximate;
  return bounds?.[metric.id] ?? (metric.id === "conversion_rate" ? (bounds?.["visitors"] ?? null) : null);
}

/** A figure that moves all the time needs no glow to say so. */
const calmMs = 3000;

/** True for a moment after the value changed, for a short glow; not while it keeps changing. */
function useMoved(value: number | null | undefined): boolean {
  const before = useRef(value);
  const lastAt = useRef(0);
  const [moved, setMoved] = useState(false);

  useEffect(() => {
    const changed = before.current !== undefined && value !== undefined && before.current !== value;
    before.current = value;
    if (!changed) {
      return;
    }

    const wasCalm = performance.now() - lastAt.current > calmMs;
    lastAt.current = performance.now();
    setMoved(wasCalm);
    const timer = setTimeout(() => setMoved(false), 250);
    return () => clearTimeout(timer);
  }, [value]);

  return moved;
}
