/** A call and its arguments. Bytes are text here, one character each. */
export type Request =
  | { readonly call: "read" | "readexactly" | "readinto"; readonly size: number }
  | { readonly call: "readuntil"; readonly separators: readonly string[] }
  | { readonly call: "readline" };

/**
 * A reader simple enough to be obviously right: one string, searched from its start each time. A call's
 * outcome is text: its bytes, or the name of its error.
 */
export class ReaderModel {
  readonly #limit: number;
  readonly outcomes: string[] = [];
  data = "";
  #isEnded = false;
  #hasFailed = false;
  #waiting: { readonly id: number; readonly request: Request } | undefined;
  isPaused = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  feed(chunk: string): void {
    if (this.#isEnded) return;
    this.data += chunk;
    this.#retry();
    if (chunk !== "") this.#pauseIfFull();
  }

  end(): void {
    this.#isEnded = true;
    this.#retry();
  }

  fail(): void {
    this.#hasFailed = true;
    this.#settle("error");
  }

  abort(): void {
    if (this.#waiting === undefined) return;
    this.#settle("abort");
    this.#pauseIfFull();
  }

  call(id: number, request: Request): void {
    const outcome = this.#hasFailed ? "error" : this.#attempt(request);
    if (outcome !== undefined) {
      this.outcomes[id] = outcome;
    } else if (this.#waiting !== undefined) {
      this.outcomes[id] = "busy";
    } else {
      this.#waiting = { id, request };
      this.isPaused = false;
    }
  }

  callNowait(request: Request): string {
    const isTaking = request.call === "read" && request.size < 0;
    if (this.#hasFailed && isTaking && this.data !== "") return this.#take(this.data.length);
    return this.#attempt(request) ?? "null";
  }

  #retry(): void {
    if (this.#waiting === undefined) return;
    const outcome = this.#attempt(this.#waiting.request);
    if (outcome !== undefined) this.#settle(outcome);
  }

  #settle(outcome: string): void {
    if (this.#waiting !== undefined) this.outcomes[this.#waiting.id] = outcome;
    this.#waiting = undefined;
  }

  #pauseIfFull(): void {
    if (this.#waiting === undefined && this.data.length > 2 * this.#limit) this.isPaused = true;
  }

  #take(size: number): string {
    const taken = this.data.slice(0, size);
    this.data = this.data.slice(size);
    if (this.data.length <= this.#limit) this.isPaused = false;
    return taken;
  }

  #attempt(request: Request): string | undefined {
    const { length } = this.data;
    const over = this.#hasFailed ? "error" : this.#isEnded ? "end" : undefined;
    switch (request.call) {
      case "read":
      case "readinto":
        if (request.size === 0) return "";
        if (request.size > 0 && length > 0) return this.#take(request.size);
        return over === "end" ? this.#take(length) : over;
      case "readexactly":
        if (length >= request.size) return this.#take(request.size);
        return over === "end" ? `incomplete ${this.#take(length)}` : over;
      case "readuntil": {
        const [start, end] = firstMatch(this.data, request.separators);
        if (end > 0) return start > this.#limit ? `overrun ${start}` : this.#take(end);
        const consumed = length + 1 - Math.max(...request.separators.map((each) => each.length));
        if (consumed > this.#limit) return `overrun ${consumed}`;
        return over === "end" ? `incomplete ${this.#take(length)}` : over;
      }
      default: {
        const [start, end] = firstMatch(this.data, ["\n"]);
        const size = end > 0 ? start : length;
        if (size > this.#limit) {
          this.#take(end > 0 ? end : length);
          return `overrun ${size}`;
        }
        if (end > 0) return this.#take(end);
        return over === "end" ? this.#take(length) : over;
      }
    }
  }
}

function firstMatch(data: string, separators: readonly string[]): readonly [number, number] {
  const shortestFirst = separators.toSorted((a, b) => a.length - b.length);
  for (let end = 1; end <= data.length; end++) {
    for (const separator of shortestFirst) {
      const start = end - separator.length;
      if (start >= 0 && data.startsWith(separator, start)) return [start, end];
    }
  }
  return [-1, -1];
}
