import type * as net from "node:net";
import { Pending } from "@aio/errors";
import { clearTimeout, setTimeout } from "../platform.ts";
import { ignoreErrors } from "../transport/socket-events.ts";
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

/** A socket that connects to an address. */
export interface Attempt {
  readonly address: HostAddress;
  readonly socket: net.Socket;
}

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
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  const attempts: Attempt[] = [];
  const errors: Error[] = [];
  let failed = 0;
  let winner: Attempt | undefined;
  let timer: NodeJS.Timeout | undefined;
  const race = new Pending<Attempt>(signal, {
    activity: "waiting for the connection",
    onSettled() {
      clearTimeout(timer);
      for (const attempt of attempts) if (attempt !== winner) attempt.socket.destroy();
    },
  });

  const startNext = (): void => {
    clearTimeout(timer);
    const index = attempts.length;
    const address = addresses[index];
    if (address === undefined) return;
    let socket: net.Socket;
    try {
      socket = dial(address);
    } catch (error) {
      race.reject(error);
      return;
    }
    const attempt = { address, socket };
    attempts.push(attempt);
    // This listener stays on a loser, whose late error would be an uncaught exception.
    const onError = (error: Error): void => {
      if (race.settled) return;
      errors[index] = error;
      failed++;
      if (failed < addresses.length) startNext();
      else race.reject(failed === 1 ? error : allFailed(errors));
    };
    const onConnect = (): void => {
      // Nor may an error of the winner be one, before its streams exist.
      ignoreErrors(socket);
      // The listeners hold the race.
      socket.off("error", onError).off("connect", onConnect);
      winner = attempt;
      race.resolve(attempt);
    };
    socket.on("error", onError).on("connect", onConnect);
    if (delay !== null && index + 1 < addresses.length) timer = setTimeout(startNext, delay);
  };

  // The signal may have aborted, or may refuse listeners.
  if (!race.settled) startNext();
  return race.promise;
}

// The code is that of the first error, as in the AggregateError of Node's connect().
function allFailed(errors: Error[]): AggregateError {
  const reasons = errors.map(({ message }) => message).join(", ");
  const message = `Cannot connect: all ${errors.length} addresses failed (${reasons})`;
  const { code } = errors[0] as NodeJS.ErrnoException;
  return Object.assign(new AggregateError(errors, message), { code });
}
