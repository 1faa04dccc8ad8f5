import { Condition } from "@aio/sync";

/** CPython's barrier, translated line by line: a barrier built on a condition. */
export class AsyncioBarrier {
  readonly #condition = new Condition();
  readonly #parties: number;
  #state: "filling" | "draining" = "filling";
  #count = 0;

  constructor(parties: number) {
    this.#parties = parties;
  }

  async wait(): Promise<number> {
    const guard = await this.#condition.acquire();
    try {
      await this.#condition.waitFor(() => this.#state !== "draining");
      try {
        const index = this.#count;
        this.#count += 1;
        if (index + 1 === this.#parties) {
          this.#state = "draining";
          this.#condition.notifyAll();
        } else {
          await this.#condition.waitFor(() => this.#state !== "filling");
        }
        return index;
      } finally {
        this.#count -= 1;
        if (this.#count === 0) {
          this.#state = "filling";
          this.#condition.notifyAll();
        }
      }
    } finally {
      guard.release();
    }
  }
}
