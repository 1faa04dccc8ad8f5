// Kept byte for byte in @aio/streams and @aio/subprocess, which may share only @aio/errors.
import { AbortListener } from "@aio/errors";

import type { ReaderInput } from "./reader-input.ts";
import { type Separators, newline } from "./separators.ts";

/** The calls of a reader that can wait. */
export type Call = "read" | "readexactly" | "readuntil" | "readline" | "readinto";

const noTarget: Buffer = Buffer.alloc(0);

/** A call that waits: what it wants, and the promise that it has given. */
export class PendingRead extends AbortListener {
  readonly call: Call;
  readonly separators: Separators;
  readonly promise: Promise<never>;
  readonly #size: number;
  readonly #target: Buffer;
  #resolve!: (answer: never) => void;
  #reject!: (error: unknown) => void;
  #onGivenUp: (() => void) | undefined = undefined;

  constructor(call: Call, size = 0, separators: Separators = newline, target: Buffer = noTarget) {
    super();
    this.call = call;
    this.separators = separators;
    this.#size = size;
    this.#target = target;
    this.promise = new Promise<never>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  giveUpOn(signal: AbortSignal, onGivenUp: () => void): void {
    this.#onGivenUp = onGivenUp;
    this.listenTo(signal);
  }

  override onAbort(error: Error): void {
    this.#onGivenUp?.();
    this.#reject(error);
  }

  /** What it wants, taken from the input; `null` as long as that is not enough. */
  take(input: ReaderInput): Buffer | number | null {
    switch (this.call) {
      case "read":
        return input.take(this.#size);
      case "readexactly":
        return input.takeExactly(this.#size);
      case "readuntil":
        return input.takeUntil(this.separators, input.scanned);
      case "readline":
        return input.takeLine(input.scanned);
      default:
        return input.takeInto(this.#target);
    }
  }

  resolve(answer: Buffer | number): void {
    this.stopListening();
    this.#resolve(answer as never);
  }

  reject(error: unknown): void {
    this.stopListening();
    this.#reject(error);
  }
}
