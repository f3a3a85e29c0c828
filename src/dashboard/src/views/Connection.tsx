import type { LinkState } from "../api/liveLink.ts";

interface ConnectionProps {
  link: LinkState;
  now: number;
  retry: () => void;
}

/** The state of the live stream, in a word and a dot. */
export function Connection({ link, now, retry }: ConnectionProps) {
  return (
    <span class={`connection connection-${link.kind}`} data-testid="connection" data-state={link.kind}>
      <span class="live-dot" aria-hidden="true" />
      {wordsOf(link, now)}
      {(link.kind === "waiting" || link.kind === "refused") && (
        <button type="button" class="quiet" onClick={retry}>Try now</button>
      )}
    </span>
  );
}

function wordsOf(link: LinkState, now: number): string {
  switch (link.kind) {
    case "connecting":
      return "Connecting";
    case "live":
      return "Live";
    case "waiting":
      return `Reconnecting in ${Math.max(0, Math.ceil((link.retryAt - now) / 1000))} s`;
    case "paused":
      return "Paused";
    case "refused":
      return `Not live: ${link.problem.title}`;
  }
}
