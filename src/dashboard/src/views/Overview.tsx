import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Client } from "../api/client.ts";
import type { Tenant } from "../api/shapes.ts";
import { NumberWriter } from "../format/numbers.ts";
import { TimeWriter } from "../format/times.ts";
import type { View } from "../state/address.ts";
import { isEmpty } from "../state/metrics.ts";
import { reportQuery, type Comparison } from "../state/ranges.ts";
import { useFigures } from "../state/useFigures.ts";
import type { Theme } from "../state/useTheme.ts";
import type { Go } from "../state/useView.ts";
import { Empty } from "./Empty.tsx";
import { Failure } from "./Failure.tsx";
import { Footer } from "./Footer.tsx";
import { Header } from "./Header.tsx";
import { KeyForm } from "./KeyForm.tsx";
import { ProductTable } from "./ProductTable.tsx";
import { SaveFile } from "./SaveFile.tsx";
import { SeriesPanel } from "./SeriesPanel.tsx";
import { StatusLine } from "./StatusLine.tsx";
import { Tiles } from "./Tiles.tsx";
import { UnknownTenant } from "./UnknownTenant.tsx";

interface OverviewProps {
  client: Client;
  tenants: Tenant[];
  /** Undefined when the address names one that this key may not see. */
  tenant: Tenant | undefined;
  view: View;
  go: Go;
  theme: Theme;
  takeKey: (key: string) => void;
  dropKey: (() => void) | null;
}

/** The page of one tenant. */
export function Overview(props: OverviewProps) {
  const { tenant, tenants, view, go, theme } = props;
  useComparisonKey(view.compare, go);
  return (
    <div class="page">
      <a class="skip" href="#figures">Skip to the figures</a>
      <Header tenants={tenants} tenant={tenant} view={view} go={go} theme={theme} />
      <main id="figures" tabIndex={-1}>
        {tenant === undefined ? <UnknownTenant id={view.tenant} tenants={tenants} view={view} go={go} /> : <Shop key={tenant.id} {...props} tenant={tenant} />}
      </main>
      <Footer dropKey={props.dropKey} />
    </div>
  );
}

function Shop({ client, tenant, view, go, theme, takeKey }: OverviewProps & { tenant: Tenant }) {
  const numbers = useMemo(() => new NumberWriter(tenant.currency), [tenant.currency]);
  const times = useMemo(() => new TimeWriter(tenant.time_zone), [tenant.time_zone]);
  const figures = useFigures(client, tenant, view);

  if (figures.problem?.needsKey) {
    return <KeyForm take={takeKey} refused={figures.problem} />;
  }

  const nothing = figures.totals !== null && isEmpty(figures.totals) && !figures.hasSeries;
  return (
    <>
      <StatusLine figures={figures} view={view} times={times}>
        {!nothing && <SaveFile client={client} path={`/api/v1/sellers/${tenant.id}/export.pdf`} query={reportQuery(figures.days, view.compare)} label="Save report (PDF)" testid="save-report" />}
      </StatusLine>
      {figures.totals === null && figures.problem !== null ? (
        <Failure what="The figures" problem={figures.problem} retry={figures.retry} />
      ) : (
        <>
          <section class="card" aria-label="Figures over time">
            <Tiles figures={figures} view={view} numbers={numbers} go={go} />
            {nothing ? (
              <Empty tenant={tenant} view={view} go={go} />
            ) : (
              <SeriesPanel figures={figures} view={view} numbers={numbers} times={times} theme={theme.showing} go={go} />
            )}
          </section>
          {!nothing && <ProductTable client={client} tenant={tenant} view={view} numbers={numbers} days={figures.days} go={go} />}
        </>
      )}
    </>
  );
}

/** The key x turns the comparison off, and on again as it was last. */
function useComparisonKey(compare: Comparison, go: Go): void {
  const last = useRef<Comparison>("previous_period");
  if (compare !== "none") {
    last.current = compare;
  }

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, select, textarea") !== null;
      if (event.key === "x" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        go({ compare: compare === "none" ? last.current : "none" });
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [compare, go]);
}
