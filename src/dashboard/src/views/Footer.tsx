interface FooterProps {
  dropKey: (() => void) | null;
}

/** Where the same figures are for machines, and the way out for a pasted key. */
export function Footer({ dropKey }: FooterProps) {
  return (
    <footer class="footer">
      <span>Every figure here is an <a href="/openapi/v1.json">API reply</a>.</span>
      <span><kbd>x</kbd> compares. On the chart, arrow keys walk and dragging zooms.</span>
      {dropKey !== null && <button type="button" class="quiet" onClick={dropKey} data-testid="forget-key">Forget the key</button>}
    </footer>
  );
}
