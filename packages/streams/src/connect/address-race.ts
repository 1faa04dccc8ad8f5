import { AbortListener } from "@aio/errors";
import type * as net from "node:net";

import type { HostAddress } from "./resolve-host.ts";

// Connecting to a host of many addresses (RFC 8305, section 5; asyncio's staggered_race):
//
//     address 0   ├──────────────────────╳ refused: no reason to wait, 2 begins
//     address 1   │    delay ├───────────────────✓ connected: the others are destroyed
//     address 2   │          │          ├────────╳
//
// An attempt that has begun runs until it ends by itself or another one wins. Node's own
// `autoSelectFamily` ends each attempt after its delay, so that a peer farther away than 250 ms is
// never reached (https://github.com/nodejs/node/issues/54359). At most one timer runs, for the
// next attempt, and none once the race is over.

/** How to open a socket to one address. */
export type Dial = (address: HostAddress) => net.Socket;

/**
 * Connect to whichever of `addresses` answers first.
 *
 * @param delay - The head start of each address over the next one, in milliseconds; with `null` the
 * next one begins only when the one before has failed.
 * @throws What went wrong with the only address, or an `AggregateError` of what went wrong with
 * each, in the order of the addresses.
 */
export function raceAddresses(
  addresses: readonly HostAddress[],
  dial: Dial,
  delay: number | null,
  signal?: AbortSignal,
): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const race = new AddressRace(addresses, dial, delay, resolve, reject);
    if (signal) race.listenTo(signal);
    race.start();
  });
}

class AddressRace extends AbortListener {
  readonly #addresses: readonly HostAddress[];
  readonly #dial: Dial;
  readonly #delay: number | null;
  readonly #resolve: (socket: net.Socket) => void;
  readonly #reject: (error: unknown) => void;
  readonly #running = new Set<net.Socket>();
  readonly #errors: Error[] = [];
  #next = 0;
  #failed = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    addresses: readonly HostAddress[],
    dial: Dial,
    delay: number | null,
    resolve: (socket: net.Socket) => void,
    reject: (error: unknown) => void,
  ) {
    super();
    this.#addresses = addresses;
    this.#dial = dial;
    this.#delay = delay;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    this.#startNext();
  }

  override onAbort(error: Error): void {
    this.#end();
    this.#reject(error);
  }

  #startNext(): void {
    clearTimeout(this.#timer);
    const index = this.#next++;
    const address = this.#addresses[index];
    if (address === undefined) return;
    let socket: net.Socket;
    try {
      socket = this.#dial(address);
    } catch (error) {
      this.#end();
      this.#reject(error);
      return;
    }
    this.#running.add(socket);
    // Also after the race: a loser, or the winner before its streams are there, can still fail.
    socket.on("error", ignore);
    const onError = (error: Error): void => {
      if (this.#running.delete(socket)) this.#lose(index, error);
    };
    socket.once("error", onError);
    socket.once("connect", () => {
      socket.off("error", onError);
      if (!this.#running.delete(socket)) return;
      this.#end();
      this.#resolve(socket);
    });
    if (this.#delay !== null && this.#next < this.#addresses.length) {
      this.#timer = setTimeout(() => this.#startNext(), this.#delay);
    }
  }

  #lose(index: number, error: Error): void {
    this.#errors[index] = error;
    this.#failed++;
    if (this.#failed === this.#addresses.length) {
      this.#end();
      this.#reject(this.#failed === 1 ? error : allFailed(this.#errors));
    } else {
      this.#startNext();
    }
  }

  #end(): void {
    this.stopListening();
    clearTimeout(this.#timer);
    this.#next = this.#addresses.length;
    const losers = [...this.#running];
    this.#running.clear();
    for (const socket of losers) socket.destroy();
  }
}

// As in Node's own AggregateError of a connect, the first error's code stands for all.
function allFailed(errors: Error[]): AggregateError {
  const message = `Cannot connect: all ${errors.length} addresses failed`;
  const aggregate = new AggregateError(
    errors,
    `${message} (${errors.map((e) => e.message).join(", ")})`,
  );
  return Object.assign(aggregate, { code: (errors[0] as NodeJS.ErrnoException).code });
}

function ignore(): void {}
