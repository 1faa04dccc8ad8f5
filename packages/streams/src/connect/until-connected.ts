import type * as net from "node:net";

import { Pending } from "../pending.ts";

/**
 * Wait until a socket that is connecting is connected.
 *
 * @throws Node's error if it cannot be, or the cancellation if `signal` aborts first: the socket is
 * destroyed then.
 */
export async function untilConnected(
  socket: net.Socket,
  signal: AbortSignal | undefined,
): Promise<void> {
  let connected = false;
  const pending = new Pending<void>(signal, () => {
    if (!connected) socket.destroy();
  });
  socket.once("connect", () => {
    connected = true;
    pending.resolve();
  });
  // This one stays, so that no error meets a socket without one before its streams are there.
  socket.on("error", (error) => pending.reject(error));
  socket.once("close", () => {
    const error = new Error("Cannot connect: the socket was closed");
    pending.reject(Object.assign(error, { code: "ECONNRESET" }));
  });
  await pending.promise;
}
