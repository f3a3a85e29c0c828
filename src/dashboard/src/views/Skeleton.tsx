/** Grey shapes where figures will stand, so that nothing jumps when they come. */
export function PageSkeleton() {
  return (
    <main class="page" aria-busy="true" aria-label="Loading" data-testid="loading">
      <div class="bone bone-header" />
      <div class="bone bone-card" />
      <div class="bone bone-card bone-card-low" />
    </main>
  );
}

export function TableSkeleton({ rows }: { rows: number }) {
  return (
    <div class="bones" aria-hidden="true">
      {Array.from({ length: rows }, (_, index) => <div key={index} class="bone bone-row" />)}
    </div>
  );
}
