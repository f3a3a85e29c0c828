import { useMemo } from "preact/hooks";
import type { Client, Query } from "../api/client.ts";
import type { Problem } from "../api/problem.ts";
import type { Honesty, Measures, Point, Tenant } from "../api/shapes.ts";
import { rolledTo, seriesOf, type Series } from "../chart/series.ts";
import type { View } from "./address.ts";
import { isEmpty, isInLiveSeries, valueIn } from "./metrics.ts";
import { daysOf, granularityOf, historyQuery, isLive, type Days } from "./ranges.ts";
import { minuteWindow, type MinuteWindow } from "./minuteWindow.ts";
import { useLive, type Live } from "./useLive.ts";
import { useNow } from "./useNow.ts";
import { useResource } from "./useResource.ts";

/** Everything the overview shows of one tenant in one view. */
export interface Figures {
  totals: Measures | null;
  /** The totals of the period compared with, cut to the same elapsed time. */
  compared: Measures | null;
  series: Series | null;
  /** Some bucket of the series holds something, though the totals of the day may be 0 (just after midnight). */
  hasSeries: boolean;
  honesty: Honesty | null;
  /** Null in views of the past. */
  live: Live | null;
  days: Days | null;
  problem: Problem | null;
  /** Why the series or the comparison is missing although the totals are there. */
  seriesProblem: Problem | null;
  retry: () => void;
}

/** History that includes the present is asked again this often; the API keeps its own replies for 60 s ± 10 s. */
const historyRefreshMs = 30_000;

/** The rolling hour moves on each minute; the old one stays up until the new one is there. */
const minutesRefreshMs = 15_000;

export function useFigures(client: Client, tenant: Tenant, view: View): Figures {
  const minute = useNow(60_000);
  const zone = tenant.time_zone;
  const days = useMemo(() => daysOf(view.range, view.custom, minute, zone), [view.range, view.custom, minute, zone]);
  const moving = isLive(view.range);
  const comparing = view.compare !== "none" && days !== null;
  const live = useLive(client, tenant.id, moving);

  const query = view.range === "live" && !comparing ? null : historyQuery(days, view.compare);
  const history = useResource(query && JSON.stringify(query), (signal) => client.history(tenant.id, query!, signal), historyRefreshMs);

  const askMinutes = (): MinuteWindow | null => minuteWindow(Date.now(), view.metric, comparing ? view.compare : "none");
  const minutesKey = view.range === "live" && askMinutes() !== null ? `${isInLiveSeries(view.metric)} ${view.compare}` : null;
  const minutes = useResource(minutesKey, (signal) => loadMinutes(client, tenant.id, askMinutes(), signal), minutesRefreshMs);

  const totals = moving ? live.reply : (history.data?.totals ?? null);
  const points = view.range === "live" ? livePoints(live, minutes.data?.now ?? null, view, minute) : (history.data?.points ?? null);
  const comparedPoints = view.range === "live" ? (minutes.data?.then ?? null) : (history.data?.compare?.points ?? null);
  const series = useMemo(
    () =>
      points === null
        ? null
        : seriesOf(
            { metric: view.metric, granularity: view.range === "live" ? "minute" : granularityOf(days), points, compared: comparing ? comparedPoints : null },
            Date.now(),
          ),
    [points, comparedPoints, view.metric, comparing, minute],
  );

  return {
    totals,
    compared: comparing ? (history.data?.compare?.totals ?? null) : null,
    series,
    hasSeries: (points?.some(hasAnything) ?? false) || (history.data?.compare ? !isEmpty(history.data.compare.totals) : false),
    honesty: moving ? live.reply : history.data,
    live: moving ? live : null,
    days,
    problem: moving ? live.problem : history.problem,
    seriesProblem: view.range === "live" ? (minutes.problem ?? history.problem) : history.problem,
    retry: () => {
      history.reload();
      minutes.reload();
      if (moving) {
        live.retry();
      }
    },
  };
}

function livePoints(live: Live, asked: Point[] | null, view: View, minute: number): Point[] | null {
  if (!isInLiveSeries(view.metric)) {
    return asked;
  }

  return live.reply === null ? null : rolledTo(live.reply.series, Math.max(minute, Date.now()));
}

const hasAnything = (point: Point): boolean =>
  (["revenue", "orders", "units", "page_views", "visitors"] as const).some((id) => (valueIn(point, id) ?? 0) !== 0);

async function loadMinutes(client: Client, tenant: number, window: MinuteWindow | null, signal: AbortSignal): Promise<{ now: Point[] | null; then: Point[] | null }> {
  const ask = (query: Query | null | undefined) => (query ? client.history(tenant, query, signal) : null);
  const [now, then] = await Promise.all([ask(window?.now), ask(window?.then)]);
  return { now: now?.points ?? null, then: then?.points ?? null };
}
