import { useEffect, useMemo, useState } from "preact/hooks";
import { Client, loadConfig } from "../api/client.ts";
import type { Config, Tenant } from "../api/shapes.ts";
import { firstTenant } from "../state/firstTenant.ts";
import { forgetKey, storedKey, storeKey } from "../state/readKey.ts";
import { useResource } from "../state/useResource.ts";
import { useTheme } from "../state/useTheme.ts";
import { useView, type Go } from "../state/useView.ts";
import { Failure } from "./Failure.tsx";
import { KeyForm } from "./KeyForm.tsx";
import { Overview } from "./Overview.tsx";
import { PageSkeleton } from "./Skeleton.tsx";

/** From nothing to a tenant's overview: settings, key, tenants, tenant; each step has its own honest way to fail. */
export function App() {
  const [key, setKey] = useState(storedKey);
  const config = useResource("config", loadConfig);
  const takeKey = (pasted: string): void => {
    storeKey(pasted);
    setKey(pasted);
  };
  const dropKey = (): void => {
    forgetKey();
    setKey(null);
  };

  if (config.data === null) {
    return config.problem === null ? <PageSkeleton /> : <Failure what="The page's settings" problem={config.problem} retry={config.reload} page />;
  }

  const usable = key ?? config.data.read_key ?? null;
  return usable === null ? <KeyForm take={takeKey} /> : <WithKey key={usable} readKey={usable} config={config.data} takeKey={takeKey} dropKey={key === null ? null : dropKey} />;
}

interface WithKeyProps {
  readKey: string;
  config: Config;
  takeKey: (key: string) => void;
  /** Null when the key came from the server: there is nothing to forget. */
  dropKey: (() => void) | null;
}

function WithKey({ readKey, config, takeKey, dropKey }: WithKeyProps) {
  const client = useMemo(() => new Client(readKey), [readKey]);
  const [view, go] = useView();
  const given = readKey === config.read_key ? config.tenants : undefined;
  const tenants = useResource(readKey, (signal) => (given === undefined ? client.tenants(signal) : Promise.resolve(given)));

  if (tenants.problem?.needsKey) {
    return <KeyForm take={takeKey} refused={tenants.problem} />;
  }

  if (tenants.data === null) {
    return tenants.problem === null ? <PageSkeleton /> : <Failure what="The list of shops" problem={tenants.problem} retry={tenants.reload} page />;
  }

  if (tenants.data.length === 0) {
    return <KeyForm take={takeKey} note="This key is valid, but may see no tenant yet." />;
  }

  return <WithTenants client={client} tenants={tenants.data} view={view} go={go} takeKey={takeKey} dropKey={dropKey} />;
}

interface WithTenantsProps {
  client: Client;
  tenants: Tenant[];
  view: ReturnType<typeof useView>[0];
  go: Go;
  takeKey: (key: string) => void;
  dropKey: (() => void) | null;
}

function WithTenants({ client, tenants, view, go, takeKey, dropKey }: WithTenantsProps) {
  const theme = useTheme();
  const first = useResource(view.tenant === null ? "first" : null, (signal) => firstTenant(client, tenants, signal));
  const named = view.tenant === null ? first.data : tenants.find((tenant) => tenant.id === view.tenant);

  useEffect(() => {
    document.title = named ? `${named.name} · Analytics` : "Analytics";
  }, [named]);

  if (named === null) {
    return <PageSkeleton />;
  }

  return <Overview client={client} tenants={tenants} tenant={named} view={view} go={go} theme={theme} takeKey={takeKey} dropKey={dropKey} />;
}
