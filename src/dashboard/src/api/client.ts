import { Problem, problemOf } from "./problem.ts";
import type { Config, History, Products, Realtime, Tenant } from "./shapes.ts";

/** How long one request may take before it counts as failed; the API itself gives up on a query after 30 s. */
const timeLimitMs = 30_000;

export type Query = Record<string, string | number | undefined>;

/** Asks the API with one read key. It holds no state besides the key: make a new one when the key changes. */
export class Client {
  constructor(readonly key: string | null) {}

  realtime(tenant: number, signal: AbortSignal): Promise<Realtime> {
    return this.get(`/api/v1/sellers/${tenant}/metrics/realtime`, {}, signal);
  }

  history(tenant: number, query: Query, signal: AbortSignal): Promise<History> {
    return this.get(`/api/v1/sellers/${tenant}/metrics/history`, query, signal);
  }

  products(tenant: number, query: Query, signal: AbortSignal): Promise<Products> {
    return this.get(`/api/v1/sellers/${tenant}/products/performance`, query, signal);
  }

  /** The tenants this key may see; servers answer with a bare list or with `{"tenants":[…]}`. */
  async tenants(signal: AbortSignal): Promise<Tenant[]> {
    const reply = await this.get<Tenant[] | { tenants: Tenant[] }>("/api/v1/tenants", {}, signal);
    return Array.isArray(reply) ? reply : reply.tenants;
  }

  /** Headers that carry the key; never in the address, which ends up in logs. */
  headers(accept: string): Record<string, string> {
    return this.key === null ? { Accept: accept } : { Accept: accept, Authorization: `Bearer ${this.key}` };
  }

  /** A file that the API makes, with the name that it gives it. */
  async file(path: string, query: Query): Promise<{ name: string; file: Blob }> {
    const reply = await this.fetch(path, query, "*/*", AbortSignal.timeout(timeLimitMs));
    const name = /filename="?([^";]+)"?/.exec(reply.headers.get("content-disposition") ?? "")?.[1];
    return { name: name ?? path.slice(path.lastIndexOf("/") + 1), file: await reply.blob() };
  }

  private async fetch(path: string, query: Query, accept: string, signal: AbortSignal): Promise<Response> {
    const reply = await fetch(path + queryString(query), { headers: this.headers(accept), signal });
    if (!reply.ok) {
      throw await problemOf(reply);
    }

    return reply;
  }

  private async get<T>(path: string, query: Query, signal: AbortSignal): Promise<T> {
    const reply = await this.fetch(path, query, "application/json", AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs)]));
    if (!(reply.headers.get("content-type") ?? "").includes("json")) {
      throw new Problem(reply.status, "Unexpected reply", `Expected JSON from ${path}, found ${reply.headers.get("content-type")}.`);
    }

    return (await reply.json()) as T;
  }
}

/** The page's own settings; a server without them is asked for the tenants of the pasted key instead. */
export async function loadConfig(signal: AbortSignal): Promise<Config> {
  const reply = await fetch("/config.json", { headers: { Accept: "application/json" }, cache: "no-cache", signal });
  if (reply.status === 404) {
    return {};
  }

  if (!reply.ok) {
    throw await problemOf(reply);
  }

  return (await reply.json()) as Config;
}

function queryString(query: Query): string {
  const filled = Object.entries(query).filter((pair): pair is [string, string | number] => pair[1] !== undefined);
  const text = new URLSearchParams(filled.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}
