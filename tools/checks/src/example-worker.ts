import { format, inspect } from "node:util";
import { parentPort, workerData } from "node:worker_threads";

/** A worker's messages about the example that it runs. */
export type Told =
  | { readonly kind: "output"; readonly stack: string | undefined; readonly text: string }
  | { readonly kind: "evaluated" }
  | { readonly kind: "failed"; readonly message: string; readonly stack: string | undefined };

const { url } = workerData as { url: string };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread has no origin.
const tell = (told: Told) => parentPort?.postMessage(told);

for (const method of ["log", "info", "warn", "error"] as const) {
  console[method] = (...values: unknown[]) => {
    tell({ kind: "output", stack: new Error("here").stack, text: format(...values) });
  };
}

// Not awaited: Node would blame this line if an example never finishes its top-level await.
import(url).then(
  () => tell({ kind: "evaluated" }),
  (error: unknown) => {
    const stack = error instanceof Error ? error.stack : undefined;
    tell({ kind: "failed", message: inspect(error), stack });
  },
);
