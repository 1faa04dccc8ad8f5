import { invalidArgumentType, signalOf } from "@aio/errors";
import * as net from "node:net";
import { Duplex } from "node:stream";

import { clientSettings, secured, streamsOver } from "./connect/settings.ts";
import type { Connection } from "./connection.ts";
import type { AdoptOptions } from "./options.ts";
import { throwIfAborted } from "./pending.ts";
import { untilConnected } from "./connect/until-connected.ts";

/** The streams over a socket that somebody else has made, which from now on is theirs. */
export async function adoptSocket(options: AdoptOptions): Promise<Connection> {
  const signal = signalOf({ signal: options.signal });
  const { socket } = options;
  if (!(socket instanceof Duplex)) {
    throw socket === undefined
      ? new TypeError("Cannot connect: there is neither a host and port nor a socket")
      : invalidArgumentType("socket", "a net.Socket or another Duplex", socket);
  }
  // Text has lost the bytes that it came from, and ends the process if TLS is given it to read
  // (https://github.com/nodejs/node/issues/58756).
  if (socket.readableEncoding !== null) {
    throw new TypeError("Cannot adopt the socket: it decodes what it reads (setEncoding)");
  }
  const settings = clientSettings(options);
  throwIfAborted(signal);
  socket.on("error", ignore);
  // Node reads this when the input ends, so that it can still be set on a socket that exists.
  socket.allowHalfOpen = true;
  if (socket instanceof net.Socket && socket.connecting) await untilConnected(socket, signal);
  return streamsOver(await secured(socket, settings, signal), settings, signal);
}

function ignore(): void {}
