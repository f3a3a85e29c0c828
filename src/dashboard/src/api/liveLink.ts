import type { Client } from "./client.ts";
import { EventStreamReader } from "./eventStream.ts";
import { asProblem, Problem, problemOf } from "./problem.ts";
import type { Realtime } from "./shapes.ts";

/** What the reader should know about the connection. */
export type LinkState =
  | { kind: "connecting" }
  | { kind: "live" }
  | { kind: "waiting"; retryAt: number; problem: Problem }
  | { kind: "paused" }
  | { kind: "refused"; problem: Problem };

export interface LinkEvents {
  metrics(reply: Realtime): void;
  state(state: LinkState): void;
}

/** The server sends a comment every 15 s; two missed ones and a margin mean that the line is dead though no error came. */
const silenceLimitMs = 40_000;
const firstDelayMs = 500;
const longestDelayMs = 30_000;

/**
 * Keeps one live stream of a tenant open until it is closed: reconnects with jittered, doubling delays, and pauses while
 * the tab is hidden. Uses fetch instead of EventSource because only fetch can send the key as a header.
 */
export class LiveLink {
  private stream: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private closed = false;

  constructor(
    private readonly client: Client,
    private readonly tenant: number,
    private readonly events: LinkEvents,
  ) {}

  open(): void {
    document.addEventListener("visibilitychange", this.onVisibility);
    this.onVisibility();
  }

  close(): void {
    this.closed = true;
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.stop();
  }

  /** Connects at once, for the button beside "reconnecting". */
  retryNow(): void {
    this.stop();
    void this.connect();
  }

  private readonly onVisibility = (): void => {
    this.stop();
    if (document.hidden) {
      this.events.state({ kind: "paused" });
    } else {
      void this.connect();
    }
  };

  private stop(): void {
    clearTimeout(this.timer);
    this.stream?.abort();
    this.stream = null;
  }

  private async connect(): Promise<void> {
    const stream = new AbortController();
    this.stream = stream;
    this.events.state({ kind: "connecting" });
    try {
      await this.follow(stream);
      throw new Problem(0, "The stream ended", "The server closed the live connection.");
    } catch (thrown) {
      if (this.stream === stream && !this.closed) {
        this.failed(asProblem(thrown));
      }
    }
  }

  private async follow(stream: AbortController): Promise<void> {
    const reply = await fetch(`/api/v1/sellers/${this.tenant}/live`, {
      headers: this.client.headers("text/event-stream"),
      cache: "no-store",
      signal: stream.signal,
    });
    if (!reply.ok || reply.body === null) {
      throw await problemOf(reply);
    }

    this.events.state({ kind: "live" });
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    const messages = new EventStreamReader();
    for (;;) {
      const { done, value } = await orSilence(reader.read(), stream);
      if (done) {
        return;
      }

      this.failures = 0;
      this.deliver(messages.read(value));
    }
  }

  private deliver(messages: { name: string; data: string }[]): void {
    const latest = messages.findLast((message) => message.name === "metrics"); // each is absolute: only the newest matters
    if (latest !== undefined) {
      this.events.metrics(JSON.parse(latest.data) as Realtime);
    }
  }

  private failed(problem: Problem): void {
    this.stop();
    if (problem.status !== 0 && !problem.passes) {
      this.events.state({ kind: "refused", problem });
      return;
    }

    const delay = backoff(this.failures++, Math.random());
    this.events.state({ kind: "waiting", retryAt: Date.now() + delay, problem });
    this.timer = setTimeout(() => void this.connect(), delay);
  }
}

/** Milliseconds before attempt n + 1: doubling up to a ceiling, half of it random so that a crowd does not return at once. */
export function backoff(failures: number, random: number): number {
  const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** failures);
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

async function orSilence<T>(read: Promise<T>, stream: AbortController): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Problem(0, "The stream fell silent", `No heartbeat for ${silenceLimitMs / 1000} s.`));
      stream.abort();
    }, silenceLimitMs);
  });
  return Promise.race([read, silence]).finally(() => clearTimeout(timer));
}
