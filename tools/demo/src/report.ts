import { stdout } from "node:process";

/** A progress line. It is shown only on a terminal. */
export class Progress {
  readonly #total: number;
  #done = 0;

  constructor(total: number) {
    this.#total = total;
    this.#show();
  }

  advance(): void {
    this.#done += 1;
    this.#show();
  }

  end(): void {
    if (stdout.isTTY) stdout.write("\r\u001B[K");
  }

  #show(): void {
    if (stdout.isTTY) stdout.write(`\r${this.#done} of ${this.#total} clients served`);
  }
}

/** Formats rows in columns, with numbers right-aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return /^\d/.test(cell) || (column > 0 && column < row.length - 1)
          ? cell.padStart(width)
          : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [head, ...rows].map(line).join("\n");
}
