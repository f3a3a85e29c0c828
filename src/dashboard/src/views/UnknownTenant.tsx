import type { Tenant } from "../api/shapes.ts";
import type { View } from "../state/address.ts";
import type { Go } from "../state/useView.ts";
import { Link } from "./Link.tsx";

interface UnknownTenantProps {
  id: number | null;
  tenants: Tenant[];
  view: View;
  go: Go;
}

/** The address names a shop that this key may not see, or that does not exist: the two are not told apart. */
export function UnknownTenant({ id, tenants, view, go }: UnknownTenantProps) {
  return (
    <div class="failure" role="alert" data-testid="unknown-tenant">
      <h2>No shop {id} for this key</h2>
      <p>The key does not open it, or it does not exist. These it does open:</p>
      <ul class="shops">
        {tenants.map((tenant) => (
          <li key={tenant.id}>
            <Link view={{ ...view, tenant: tenant.id }} go={go}>{tenant.name}</Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
