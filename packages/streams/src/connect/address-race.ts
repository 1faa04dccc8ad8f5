import type * as net from "node:net";
import { Pending } from "@aio/errors";
import { clearTimeout, setTimeout } from "../platform.ts";
import type { HostAddress } from "./resolve-host.ts";

// Connecting to a host with many addresses (RFC 8305, section 5; asyncio's staggered_race):
//
//     address 0   ├──────────────────────╳ refused: 2 starts at once
//     address 1   │    delay ├───────────────────✓ connected: the others are destroyed
//     address 2   │          │          ├────────╳
//
// An attempt runs until it fails or another one wins. Node's `autoSelectFamily` instead ends each
// attempt after its delay, so it never reaches a peer that is more than 250 ms away
// (https://github.com/nodejs/node/issues/54359). At most one timer runs, for the next attempt, and
// none once the race is over.

/** How to open a socket to one address. */
export type Dial = (address: HostAddress) => net.Socket;

/**
 * Connect to whichever of `addresses` answers first.
 *
 * @param delay - The head start of each address over the next, in milliseconds; with `null` the next
 * attempt starts only when the one before has failed.
 * @throws The error of the only address, or an `AggregateError` of the errors of all, in the order of
 * the addresses.
 */
export function raceAddresses(
  addresses: readonly HostAddress[],
  dial: Dial,
  delay: number | null,
  signal?: AbortSignal,
): Promise<net.Socket> {
  return new AddressRace(addresses, dial, delay, signal).winner();
}

class AddressRace {
  readonly #addresses: readonly HostAddress[];
  readonly #dial: Dial;
  readonly #delay: number | null;
  readonly #outcome: Pending<net.Socket>;
  readonly #running = new Set<net.Socket>();
  readonly #errors: Error[] = [];
  #next = 0;
  #failed = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    addresses: readonly HostAddress[],
    dial: Dial,
    delay: number | null,
    signal: AbortSignal | undefined,
  ) {
    this.#addresses = addresses;
    this.#dial = dial;
    this.#delay = delay;
    const activity = "waiting for the connection";
    this.#outcome = new Pending(signal, { activity, onSettled: () => this.#end() });
  }

  winner(): Promise<net.Socket> {
    if (!this.#outcome.settled) this.#startNext();
    return this.#outcome.promise;
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
      this.#outcome.reject(error);
      return;
    }
    this.#running.add(socket);
    // This listener stays: a late error of a loser, or of the winner before its streams exist, would be
    // an uncaught exception.
    socket.on("error", ignore);
    const onError = (error: Error): void => {
      if (this.#running.delete(socket)) this.#onFailure(index, error);
    };
    socket.once("error", onError);
    socket.once("connect", () => {
      socket.off("error", onError);
      if (this.#running.delete(socket)) this.#outcome.resolve(socket);
    });
    if (this.#delay !== null && this.#next < this.#addresses.length) {
      this.#timer = setTimeout(() => this.#startNext(), this.#delay);
    }
  }

  #onFailure(index: number, error: Error): void {
    this.#errors[index] = error;
    this.#failed++;
    if (this.#failed < this.#addresses.length) this.#startNext();
    else this.#outcome.reject(this.#failed === 1 ? error : allFailed(this.#errors));
  }

  #end(): void {
    clearTimeout(this.#timer);
    const losers = [...this.#running];
    this.#running.clear();
    for (const socket of losers) socket.destroy();
  }
}

// The code is that of the first error, as in the AggregateError of Node's connect().
function allFailed(errors: Error[]): AggregateError {
  const reasons = errors.map(({ message }) => message).join(", ");
  const message = `Cannot connect: all ${errors.length} addresses failed (${reasons})`;
  const { code } = errors[0] as NodeJS.ErrnoException;
  return Object.assign(new AggregateError(errors, message), { code });
}

function ignore(): void {}
