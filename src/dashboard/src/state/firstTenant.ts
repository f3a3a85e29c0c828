import type { Client } from "../api/client.ts";
import type { Tenant } from "../api/shapes.ts";
import { isEmpty } from "./metrics.ts";

/** So many are asked at most; who sees more tenants than this starts with the first. */
const asked = 8;

/** The tenant to show when the address names none: the first one that is busy today, else the first. */
export async function firstTenant(client: Client, tenants: readonly Tenant[], signal: AbortSignal): Promise<Tenant | null> {
  const replies = await Promise.allSettled(tenants.slice(0, asked).map((tenant) => client.realtime(tenant.id, signal)));
  const busy = replies.findIndex((reply) => reply.status === "fulfilled" && !isEmpty(reply.value));
  return tenants[busy] ?? tenants[0] ?? null;
}
