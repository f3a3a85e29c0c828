import { useState } from "preact/hooks";
import type { Client } from "../api/client.ts";
import type { Product, Tenant } from "../api/shapes.ts";
import type { NumberWriter } from "../format/numbers.ts";
import type { ProductSort, View } from "../state/address.ts";
import type { MetricKind } from "../state/metrics.ts";
import { isLive, periodQuery, type Days } from "../state/ranges.ts";
import { useResource } from "../state/useResource.ts";
import type { Go } from "../state/useView.ts";
import { Failure } from "./Failure.tsx";
import { SaveFile } from "./SaveFile.tsx";
import { TableSkeleton } from "./Skeleton.tsx";

interface ProductTableProps {
  client: Client;
  tenant: Tenant;
  view: View;
  numbers: NumberWriter;
  days: Days | null;
  go: Go;
}

interface Column {
  sort: ProductSort;
  label: string;
  kind: MetricKind;
  of: (product: Product) => number | null;
}

const columns: readonly Column[] = [
  { sort: "revenue", label: "Revenue", kind: "money", of: (product) => product.revenue },
  { sort: "units", label: "Units", kind: "count", of: (product) => product.units },
  { sort: "orders", label: "Orders", kind: "count", of: (product) => product.orders },
  { sort: "views", label: "Views", kind: "count", of: (product) => product.views },
  { sort: "conversion", label: "Conversion", kind: "ratio", of: (product) => product.conversion_rate },
];

const few = 10;
const many = 50;
const liveRefreshMs = 10_000;
const historyRefreshMs = 60_000;

/** The best products of the period by the chosen measure. */
export function ProductTable({ client, tenant, view, numbers, days, go }: ProductTableProps) {
  const [limit, setLimit] = useState(few);
  const period = days === null ? { period: "all" } : periodQuery(days);
  const query = { ...period, sort: view.sort, limit };
  const refresh = isLive(view.range) ? liveRefreshMs : historyRefreshMs;
  const loaded = useResource(JSON.stringify(query), (signal) => client.products(tenant.id, query, signal), refresh);
  const products = loaded.data?.products ?? null;

  return (
    <section class="card" aria-label="Top products" aria-busy={products === null && loaded.problem === null} data-testid="products">
      <div class="card-head">
        <h2>Top products</h2>
        <span class="grow" />
        {products !== null && products.length > 0 && (
          <SaveFile client={client} path={`/api/v1/sellers/${tenant.id}/export.csv`} query={{ ...period, sort: view.sort, report: "products", bom: "include" }} label="Save CSV" testid="save-products" />
        )}
      </div>
      {products === null && loaded.problem === null && <TableSkeleton rows={6} />}
      {products === null && loaded.problem !== null && <Failure what="The products" problem={loaded.problem} retry={loaded.reload} />}
      {products?.length === 0 && <p class="nothing" data-testid="products-empty">No product was viewed or sold in this period.</p>}
      {products !== null && products.length > 0 && <Rows products={products} view={view} numbers={numbers} go={go} />}
      {products !== null && (products.length === limit || limit > few) && (
        <div class="card-foot">
          <button type="button" class="quiet" aria-expanded={limit > few} onClick={() => setLimit(limit > few ? few : many)}>
            {limit > few ? `Show the first ${few}` : `Show up to ${many}`}
          </button>
        </div>
      )}
    </section>
  );
}

interface RowsProps {
  products: Product[];
  view: View;
  numbers: NumberWriter;
  go: Go;
}

function Rows({ products, view, numbers, go }: RowsProps) {
  const sorted = columns.find((column) => column.sort === view.sort)!;
  const highest = Math.max(...products.map((product) => sorted.of(product) ?? 0));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Products, sortable">
      <table class="figures products">
        <thead>
          <tr>
            <th scope="col">Product</th>
            {columns.map((column) => (
              <th key={column.sort} scope="col" class="number" aria-sort={column.sort === view.sort ? "descending" : undefined}>
                <button type="button" class="sort" data-testid={`sort-${column.sort}`} onClick={() => go({ sort: column.sort })}>
                  {column.label}
                  <span aria-hidden="true">{column.sort === view.sort ? " ↓" : ""}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {products.map((product) => (
            <tr key={product.product_id} data-product={product.product_id}>
              <th scope="row">
                <span class="bar" style={{ width: `${barOf(sorted.of(product), highest)}%` }} aria-hidden="true" />
                <span class="product-name">{product.title ?? product.product_id}</span>
              </th>
              {columns.map((column) => (
                <td key={column.sort} class={column.sort === view.sort ? "number sorted" : "number"}>
                  {numbers.write(column.of(product), column.kind)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const barOf = (value: number | null, highest: number): number => (value === null || highest <= 0 ? 0 : Math.max(0, (value / highest) * 100));
