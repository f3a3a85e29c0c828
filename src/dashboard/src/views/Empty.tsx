import { useState } from "preact/hooks";
import type { Tenant } from "../api/shapes.ts";
import type { View } from "../state/address.ts";
import type { Go } from "../state/useView.ts";
import { Link } from "./Link.tsx";

interface EmptyProps {
  tenant: Tenant;
  view: View;
  go: Go;
}

/** Nothing happened in the period: says so, offers a wider one, and shows how to send the first event. */
export function Empty({ tenant, view, go }: EmptyProps) {
  const [copied, setCopied] = useState(false);
  const command = curlFor(tenant, location.origin);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(command);
    setCopied(true);
  };
  return (
    <div class="empty" data-testid="empty">
      <h2>Nothing here yet</h2>
      <p>
        No event of {tenant.name} falls into this period.{" "}
        {view.range !== "all" && <Link view={{ ...view, tenant: tenant.id, range: "all", custom: null }} go={go} testid="see-all">See all time</Link>}
      </p>
      <p>Send the first one; it is on this page within two seconds:</p>
      <pre tabIndex={0} aria-label="Command that sends an event"><code>{command}</code></pre>
      <button type="button" class="quiet" onClick={() => void copy()}>{copied ? "Copied" : "Copy"}</button>
    </div>
  );
}

const curlFor = (tenant: Tenant, origin: string): string =>
  [
    `curl ${origin}/events \\`,
    `  -H "Authorization: Bearer $WRITE_KEY" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '{"tenant_id": ${tenant.id}, "name": "page_view", "user_id": "me", "url": "https://example.com/"}'`,
  ].join("\n");
