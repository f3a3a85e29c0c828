import type { ComponentChildren } from "preact";
import type { LinkState } from "../api/liveLink.ts";
import type { Honesty } from "../api/shapes.ts";
import { age, type TimeWriter } from "../format/times.ts";
import type { View } from "../state/address.ts";
import type { Figures } from "../state/useFigures.ts";
import { useNow } from "../state/useNow.ts";
import { Connection } from "./Connection.tsx";

interface StatusLineProps {
  figures: Figures;
  view: View;
  times: TimeWriter;
  /** What can be done with the figures. */
  children: ComponentChildren;
}

/** Which days these are, how complete they are, and whether they still move. */
export function StatusLine({ figures, view, times, children }: StatusLineProps) {
  const now = useNow(1000);
  const honesty = figures.honesty;
  const through = honesty?.complete_through ?? null;
  const period = figures.days === null ? "All time" : times.days(figures.days.first, figures.days.last);
  const active = figures.live?.reply?.active_users;
  return (
    <>
      <div class="status">
        <h1 class="period" data-testid="period">
          {view.range === "live" || view.range === "today" ? `Today, ${period}` : period} <span class="zone">{times.zone}</span>
        </h1>
        {active !== undefined && (
          <span class="status-part" data-testid="active-users" data-value={active}>
            <strong>{active.toLocaleString()}</strong> active in the last 5 minutes
          </span>
        )}
        <span class="grow" />
        {through !== null && (
          <span class="status-part" data-testid="complete-through" title="Everything that happened before this instant is counted.">
            complete through <time dateTime={through}>{sameDay(through, now) ? times.clock(through) : times.moment(through)}</time>
          </span>
        )}
        {figures.live !== null && <Connection link={figures.live.link} now={now} retry={figures.live.retry} />}
        {children}
      </div>
      <StaleBanner figures={figures} through={through} now={now} />
      <RatesBanner honesty={honesty} />
    </>
  );
}

/** Says which rates are missing: figures that need them are shown as unknown. */
function RatesBanner({ honesty }: { honesty: Honesty | null }) {
  const missing = honesty?.rates?.missing ?? [];
  if (missing.length === 0) {
    return null;
  }

  return (
    <p class="banner banner-warning" role="status" data-testid="rates">
      <strong>Some amounts cannot be told.</strong> {missing.map((one) => one.detail).join(" ")}
    </p>
  );
}

interface StaleBannerProps {
  figures: Figures;
  through: string | null;
  now: number;
}

/** Says so when the figures are older than they should be; they stay on the page, with their age. */
function StaleBanner({ figures, through, now }: StaleBannerProps) {
  const reason = staleReason(figures);
  if (reason === null) {
    return null;
  }

  const old = through === null ? "" : ` They are complete up to ${age(now - Date.parse(through))} ago.`;
  return (
    <p class="banner banner-warning" role="status" data-testid="stale">
      <strong>These figures are not the newest.</strong> {reason}{old}
    </p>
  );
}

function staleReason(figures: Figures): string | null {
  const link = figures.live?.link;
  if (figures.totals === null) {
    return null;
  }

  if (figures.honesty?.stale) {
    return "The live path is catching up or a store is away; nothing is lost, it will be counted.";
  }

  if (link !== undefined && isBroken(link)) {
    return "The live connection is interrupted.";
  }

  return figures.problem === null ? null : `The last refresh failed (${figures.problem.title}).`;
}

const isBroken = (link: LinkState): boolean => link.kind === "waiting" || link.kind === "refused";

const sameDay = (instant: string, now: number): boolean => Math.abs(now - Date.parse(instant)) < 12 * 3_600_000;
