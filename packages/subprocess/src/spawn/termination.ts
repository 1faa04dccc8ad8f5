import { AbortListener } from "@aio/errors";
import { clearTimeout, setTimeout } from "../platform.ts";
import type { Exit } from "./exit.ts";
import type { Targets } from "./signals.ts";

// How a process is ended, when its owning signal aborts or at the end of an `await using` block:
//
//   SIGTERM to all that its signals reach ─▶ graceMs ─▶ SIGKILL to what is left ─▶ 5 s ─▶ error
//
// This stops as soon as the process, and with killTree all of its descendants, have ended. A process
// that still runs 5 s after SIGKILL hangs in the kernel. If it cannot be signaled, because it runs as
// another user, the parent's ends of its pipes are closed at once, which ends a process that reads
// its input; the error then follows after graceMs. After an error, the process no longer keeps this
// one alive.
const killPatience = 5000;

/** The parent's side of a process's pipes. */
export interface Holdings {
  /**
   * Close its input, and end its output once everything that it wrote is read, even if other
   * processes hold the pipes.
   */
  endPipes(): void;
  /** Close the parent's ends of the pipes, and stop keeping this program alive. */
  letGo(): void;
}

/** Ends a process when its owning signal aborts, or on request. */
export class Termination extends AbortListener {
  readonly #exit: Exit;
  readonly #targets: Targets;
  readonly #graceMs: number;
  readonly #holdings: Holdings;
  #running: Promise<void> | undefined;
  /** Why /proc could not be read, so that descendants may be left that are not known. */
  #walkFailure: unknown = undefined;

  constructor(exit: Exit, targets: Targets, graceMs: number, holdings: Holdings) {
    super();
    this.#exit = exit;
    this.#targets = targets;
    this.#graceMs = graceMs;
    this.#holdings = holdings;
  }

  override onAbort(error: Error): void {
    this.#exit.cancel();
    void this.#cancel(error);
  }

  /**
   * End the process, and with `killTree` its descendants.
   *
   * @throws {Error} If it cannot be ended: `code` is `EPERM` if this process may not signal it. If
   * /proc could not be read, so that it may have had more descendants: the system's error.
   */
  run(): Promise<void> {
    return (this.#running ??= this.#run()
      .then(() => {
        if (this.#walkFailure !== undefined) throw this.#walkFailure;
        return undefined;
      })
      .finally(() => (this.#running = undefined)));
  }

  async #cancel(error: Error): Promise<void> {
    let outcome = error;
    try {
      await this.run();
    } catch (failure) {
      this.#exit.fail(failure as Error);
      // If the process ends later, waiters get the cancellation instead of this error; but not while
      // descendants run, or may run.
      await this.#exit.ended;
      if (this.#walkFailure !== undefined || !this.#isOver()) outcome = failure as Error;
    }
    this.#exit.fail(outcome);
    this.#holdings.endPipes();
  }

  async #run(): Promise<void> {
    if (this.#isOver()) return;
    this.#send("SIGTERM");
    if (await this.#isOverWithin(this.#graceMs)) return;
    // Repeated for processes that were started while the others were being killed.
    const kill = () => this.#send("SIGKILL");
    const refusal = kill();
    if (refusal === undefined && (await this.#isOverWithin(killPatience, kill))) return;
    this.#holdings.letGo();
    const state = refusal?.message ?? `it still runs ${killPatience} ms after SIGKILL`;
    const error = new Error(`Cannot end process ${this.#targets.pid}: ${state}`);
    throw Object.assign(error, refusal && { code: "EPERM", cause: refusal });
  }

  /** @returns The error, if the process cannot be signaled. */
  #send(signal: "SIGTERM" | "SIGKILL"): Error | undefined {
    try {
      if (this.#exit.returncode === null) {
        this.#targets.send(signal);
        // Only a walk from the process itself finds all of the descendants.
        this.#walkFailure = undefined;
      } else this.#targets.sendToSurvivors(signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EPERM") {
        this.#holdings.letGo();
        return error as Error;
      }
      this.#walkFailure = error;
    }
    return undefined;
  }

  #isOver(): boolean {
    return this.#exit.returncode !== null && !this.#targets.hasSurvivors();
  }

  // The end of the process is an event. The end of its descendants is not, so poll.
  #isOverWithin(ms: number, whileItRuns?: () => void): Promise<boolean> {
    return new Promise((resolve) => {
      let pause = 10;
      let next: NodeJS.Timeout | undefined;
      let isSettled = false;
      const settle = (isOver: boolean) => {
        isSettled = true;
        clearTimeout(timer);
        clearTimeout(next);
        resolve(isOver);
      };
      const look = () => {
        if (isSettled) return;
        if (this.#isOver()) {
          settle(true);
          return;
        }
        whileItRuns?.();
        next = setTimeout(look, pause);
        pause = Math.min(2 * pause, 200);
      };
      const timer = setTimeout(settle, ms, false);
      void this.#exit.ended.then(look);
    });
  }
}
