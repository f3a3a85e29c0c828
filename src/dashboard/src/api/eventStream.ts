/** One message of a server-sent event stream. */
export interface ServerEvent {
  name: string;
  data: string;
}

/**
 * Cuts a text/event-stream into messages, whatever pieces the network delivers it in.
 * Comment lines (heartbeats) produce nothing. Source: WHATWG HTML, "Server-sent events", §9.2.6.
 */
export class EventStreamReader {
  private rest = "";
  private name = "";
  private data: string[] = [];

  /** Takes the next piece and returns the messages it completed. */
  read(piece: string): ServerEvent[] {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    const complete: ServerEvent[] = [];
    for (const line of lines) {
      if (line === "") {
        this.dispatch(complete);
      } else {
        this.field(line);
      }
    }

    return complete;
  }

  private field(line: string): void {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") {
      this.name = value;
    } else if (field === "data") {
      this.data.push(value);
    }
  }

  private dispatch(complete: ServerEvent[]): void {
    if (this.data.length > 0) {
      complete.push({ name: this.name === "" ? "message" : this.name, data: this.data.join("\n") });
    }

    this.name = "";
    this.data = [];
  }
}
