/** One line at the foot of a terminal that says how far the work is. Silent anywhere else. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #started = Date.now();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(fraction: number, label: string): void {
    if (!this.#stream.isTTY) return;
    const seconds = (Date.now() - this.#started) / 1000;
    const left = Math.round((seconds / fraction) * (1 - fraction));
    const bar = "█".repeat(Math.round(fraction * 24)).padEnd(24, "░");
    this.clear();
    this.#stream.write(`${bar} ${Math.round(fraction * 100)} %  ${left} s left  ${label}`);
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001B[K");
  }
}
