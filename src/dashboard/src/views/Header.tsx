import { useEffect, useRef } from "preact/hooks";
import type { Tenant } from "../api/shapes.ts";
import { dayAt } from "../format/calendar.ts";
import type { View } from "../state/address.ts";
import { comparisons, daysOf, ranges, type Comparison } from "../state/ranges.ts";
import type { Theme, ThemeChoice } from "../state/useTheme.ts";
import type { Go } from "../state/useView.ts";
import { CustomDays } from "./CustomDays.tsx";
import { Link } from "./Link.tsx";

interface HeaderProps {
  tenants: Tenant[];
  tenant: Tenant | undefined;
  view: View;
  go: Go;
  theme: Theme;
}

const themes: readonly { id: ThemeChoice; label: string }[] = [
  { id: "system", label: "System" },
  { id: "light", label: "Light" },
  { id: "dark", label: "Dark" },
];

/** Which shop, which days, against what, in which light. */
export function Header({ tenants, tenant, view, go, theme }: HeaderProps) {
  const zone = tenant?.time_zone ?? "UTC";
  const days = daysOf(view.range, view.custom, Date.now(), zone);
  const nav = useRef<HTMLElement>(null);
  useEffect(() => nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [view.range]);
  const base: View = { ...view, tenant: tenant?.id ?? view.tenant };
  return (
    <header class="header">
      <div class="header-row">
        <span class="brand"><Mark /> <span class="brand-name">Analytics</span></span>
        <select class="picker picker-tenant" aria-label="Shop" data-testid="tenant" value={tenant?.id ?? ""} onChange={(event) => go({ tenant: Number(event.currentTarget.value) })}>
          {tenant === undefined && <option value="">Choose a shop</option>}
          {tenants.map((choice) => <option key={choice.id} value={choice.id}>{choice.name}</option>)}
        </select>
        <span class="grow" />
        <select class="picker picker-quiet" aria-label="Theme" data-testid="theme" value={theme.choice} onChange={(event) => theme.choose(event.currentTarget.value as ThemeChoice)}>
          {themes.map((choice) => <option key={choice.id} value={choice.id}>{choice.label}</option>)}
        </select>
      </div>
      <div class="header-row">
        <nav ref={nav} class="ranges" aria-label="Period" data-testid="ranges">
          {ranges.map((range) => (
            <Link
              key={range.id}
              view={{ ...base, range: range.id, custom: range.id === "custom" ? (view.custom ?? days) : null }}
              go={go}
              current={range.id === view.range}
              title={range.long}
              testid={`range-${range.id}`}
            >
              {range.id === "live" && <span class="live-dot" aria-hidden="true" />}
              {range.label}
            </Link>
          ))}
        </nav>
        {view.range === "custom" && days !== null && <CustomDays days={days} today={dayAt(Date.now(), zone)} choose={(custom) => go({ range: "custom", custom })} />}
        <span class="grow" />
        <select
          class="picker"
          aria-label="Compare with"
          aria-keyshortcuts="x"
          title={days === null ? "All time has nothing before it" : "x turns the comparison off and on"}
          data-testid="compare"
          disabled={days === null}
          value={days === null ? "none" : view.compare}
          onChange={(event) => go({ compare: event.currentTarget.value as Comparison })}
        >
          {comparisons.map((comparison) => <option key={comparison.id} value={comparison.id}>{comparison.label}</option>)}
        </select>
      </div>
    </header>
  );
}

const Mark = () => (
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" />
    <path d="M7 21.5 13 14l5 4.5 7-9" />
  </svg>
);
