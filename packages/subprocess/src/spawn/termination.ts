import { AbortListener } from "@aio/errors";
import { clearTimeout, setTimeout } from "../platform.ts";
import type { Exit } from "./exit.ts";
import type { Targets } from "./signals.ts";

// How a process is brought to its end, by its owning signal or at the end of a block:
//
//   SIGTERM to all that its signals reach ─▶ graceMs ─▶ SIGKILL to what is left ─▶ 5 s ─▶ give up
//
// It is over as soon as nothing of it runs. A process that runs as another user may not be signalled.
// Then our ends of its pipes are closed at once, which ends a process that reads its input; if it still
// runs after graceMs, that is an error. So it is if a process still runs 5 s after SIGKILL, because it
// hangs in the kernel. After an error the process does not keep this one alive any longer.
const killPatience = 5000;

/** What a process holds of ours. */
export interface Holdings {
  /**
   * Its input is closed, and its output ends once everything that it wrote is read, even if others
   * hold the pipes.
   */
  endPipes(): void;
  /** Close our ends of the pipes, and stop keeping this program alive. */
  letGo(): void;
}

/** Ends a process when its owning signal aborts, or when it is told to. */
export class Termination extends AbortListener {
  readonly #exit: Exit;
  readonly #targets: Targets;
  readonly #graceMs: number;
  readonly #holdings: Holdings;
  #running: Promise<void> | undefined = undefined;

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
   * Bring the process to its end, and with `killTree` everything behind it.
   *
   * @throws {Error} If it cannot be ended: `code` is `EPERM` if it may not be signalled.
   */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #cancel(error: Error): Promise<void> {
    try {
      await this.run();
    } catch (failure) {
      this.#exit.fail(failure as Error);
      // If it ends after all, the cancellation is complete.
      await this.#exit.ended;
    }
    this.#exit.fail(error);
    this.#holdings.endPipes();
  }

  async #run(): Promise<void> {
    if (this.#isOver()) return;
    this.#send("SIGTERM");
    if (await this.#isOverWithin(this.#graceMs, () => {})) return;
    const refusal = this.#send("SIGKILL");
    // What runs on was started while the rest was killed.
    const again = () => this.#send("SIGKILL");
    if (refusal === undefined && (await this.#isOverWithin(killPatience, again))) return;
    this.#holdings.letGo();
    const state = refusal?.message ?? `it still runs ${killPatience} ms after SIGKILL`;
    const error = new Error(`Cannot end process ${this.#targets.pid}: ${state}`);
    if (refusal !== undefined) Object.assign(error, { code: "EPERM", cause: refusal });
    throw error;
  }

  /** @returns Why the process may not be signalled. */
  #send(signal: "SIGTERM" | "SIGKILL"): Error | undefined {
    try {
      if (this.#exit.returncode === null) this.#targets.send(signal);
      else this.#targets.sendToSurvivors(signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EPERM") {
        this.#holdings.letGo();
        return error as Error;
      }
    }
    return undefined;
  }

  #isOver(): boolean {
    return this.#exit.returncode !== null && !this.#targets.hasSurvivors();
  }

  // The end of the process is an event. For the end of what outlives it there is none.
  #isOverWithin(ms: number, whileItRuns: () => void): Promise<boolean> {
    return new Promise((resolve) => {
      let pause = 10;
      let poll: NodeJS.Timeout | undefined;
      let isSettled = false;
      const settle = (isOver: boolean) => {
        isSettled = true;
        clearTimeout(timer);
        clearTimeout(poll);
        resolve(isOver);
      };
      const look = () => {
        if (isSettled) return;
        if (this.#isOver()) {
          settle(true);
          return;
        }
        whileItRuns();
        poll = setTimeout(look, pause);
        pause = Math.min(2 * pause, 200);
      };
      const timer = setTimeout(settle, ms, false);
      void this.#exit.ended.then(look);
    });
  }
}
