/** What went wrong with a request, in words a reader can act on. */
export class Problem extends Error {
  constructor(
    /** HTTP status, or 0 when no reply came at all. */
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(detail === "" ? title : `${title}: ${detail}`);
    this.name = "Problem";
  }

  /** The key is missing, unknown, or one for sending: only a person can help. */
  get needsKey(): boolean {
    return this.status === 401 || this.status === 403;
  }

  /** Asking again later can succeed. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Reads a problem+json reply, or makes do with the status line when the body is something else. */
export async function problemOf(reply: Response): Promise<Problem> {
  const words = await wordsOf(reply);
  const title = words["title"] ?? `The server answered ${reply.status} ${reply.statusText}`.trim();
  const detail = ["detail", "expected", "found", "to_do", "todo"]
    .map((field) => words[field])
    .filter((word) => word !== undefined && word !== "")
    .join(" ");
  return new Problem(reply.status, title, detail);
}

async function wordsOf(reply: Response): Promise<Record<string, string>> {
  if (!(reply.headers.get("content-type") ?? "").includes("json")) {
    return {};
  }

  const body: unknown = await reply.json().catch(() => null); // a torn body says no more than the status does
  if (typeof body !== "object" || body === null) {
    return {};
  }

  return Object.fromEntries(Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** A thrown value as a problem; network failures have no status and no useful words of their own. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) {
    return thrown;
  }

  return new Problem(0, "No answer from the server", "The API could not be reached. It may be starting, or the network is away.");
}
