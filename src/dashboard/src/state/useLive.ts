import { useEffect, useRef, useState } from "preact/hooks";
import type { Client } from "../api/client.ts";
import { LiveLink, type LinkState } from "../api/liveLink.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import type { Realtime } from "../api/shapes.ts";

export interface Live {
  reply: Realtime | null;
  /** Why there is no reply at all; a broken stream after a first reply is told by `link`. */
  problem: Problem | null;
  link: LinkState;
  retry: () => void;
}

/** A quiet tenant sends nothing: ask again this often so that the window and "complete through" move on. */
const quietMs = 30_000;

/** Today's figures of a tenant, moving by themselves while `enabled`. */
export function useLive(client: Client, tenant: number, enabled: boolean): Live {
  const [reply, setReply] = useState<Realtime | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [link, setLink] = useState<LinkState>({ kind: "connecting" });
  const retry = useRef<() => void>(() => {});

  useEffect(() => {
    if (!enabled) {
      return;
    }

    const stopped = new AbortController();
    let messages = 0;
    let lastAt = Date.now();
    const take = (fresh: Realtime): void => {
      lastAt = Date.now();
      setReply(fresh);
      setProblem(null);
    };
    const ask = (): void => {
      const before = messages;
      client.realtime(tenant, stopped.signal).then(
        (fresh) => {
          if (!stopped.signal.aborted && messages === before) {
            take(fresh); // a message of the stream that came meanwhile is newer
          }
        },
        (thrown: unknown) => {
          if (!stopped.signal.aborted) {
            setProblem(asProblem(thrown));
          }
        },
      );
    };
    const stream = new LiveLink(client, tenant, {
      metrics: (fresh) => {
        messages += 1;
        take(fresh);
      },
      state: setLink,
    });
    const quiet = setInterval(() => {
      if (!document.hidden && Date.now() - lastAt >= quietMs) {
        ask();
      }
    }, quietMs / 6);
    retry.current = () => {
      setProblem(null);
      ask();
      stream.retryNow();
    };
    ask();
    stream.open();
    return () => {
      stopped.abort();
      stream.close();
      clearInterval(quiet);
      setReply(null);
      setProblem(null);
    };
  }, [client, tenant, enabled]);

  return { reply, problem, link, retry: () => retry.current() };
}
