import { format, inspect } from "node:util";
import { parentPort, workerData } from "node:worker_threads";
import { lineIn } from "./examples.ts";

/** What a worker tells about the example that it runs. */
export type Told =
  | { readonly kind: "output"; readonly line: number; readonly text: string }
  | { readonly kind: "evaluated" }
  | { readonly kind: "failed"; readonly message: string; readonly line: number | undefined };

const { url } = workerData as { url: string };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread has no origin.
const tell = (told: Told) => parentPort?.postMessage(told);

for (const method of ["log", "info", "warn", "error"] as const) {
  console[method] = (...values: unknown[]) => {
    const line = lineIn(url, new Error("here")) ?? 0;
    tell({ kind: "output", line, text: format(...values) });
  };
}

// Not awaited: Node would warn of this very line when an example waits for nothing.
import(url).then(
  () => tell({ kind: "evaluated" }),
  (error: unknown) => tell({ kind: "failed", message: inspect(error), line: lineIn(url, error) }),
);
