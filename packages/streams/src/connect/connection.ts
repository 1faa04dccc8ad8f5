import * as net from "node:net";
import type { Duplex } from "node:stream";
import { Pending } from "@aio/errors";
import { throwIfAborted } from "../abort.ts";
import type { StreamReader } from "../stream-reader-from.ts";
import type { Addresses } from "../transport/address.ts";
import { Transport } from "../transport/transport.ts";
import { type StreamWriter, writerOver } from "../writer/stream-writer.ts";
import type { ConnectionSettings } from "./settings.ts";

/**
 * A connection's reader and writer, both as a pair, as in asyncio, and as named properties. Disposing
 * of it disposes of the writer, which closes the connection.
 */
export type Connection = readonly [reader: StreamReader, writer: StreamWriter] & {
  /** The first of the pair. */
  readonly reader: StreamReader;
  /** The second of the pair. */
  readonly writer: StreamWriter;
} & AsyncDisposable;

/**
 * Wait until a socket is connected, secure it if `tls` is given, and create a reader and a writer for
 * it. They own it from then on, including its events.
 *
 * @throws Node's error if the socket cannot be connected or secured, or the cancellation if the signal
 * aborts first; the socket is destroyed.
 */
export async function connectionOver(
  socket: Duplex,
  { tls, transport: settings, signal }: ConnectionSettings,
  addresses?: Addresses,
): Promise<Connection> {
  // A socket that cannot start to connect is destroyed, and emits its error later.
  if (socket instanceof net.Socket && (socket.connecting || socket.destroyed)) {
    await untilConnected(socket, signal);
  }
  const secured = tls === undefined ? socket : await tls.secure(socket, signal);
  // At once, unlike afterTls(): the handshake is over. Node destroys untrusted peers in the same event.
  throwIfAborted(signal, "waiting for the connection", secured);
  const transport = new Transport(secured, settings, addresses);
  return new StreamPair(transport.reader, writerOver(transport)) as unknown as Connection;
}

async function untilConnected(socket: net.Socket, signal: AbortSignal | undefined): Promise<void> {
  let connected = false;
  const pending = new Pending<void>(signal, {
    activity: "waiting for the connection",
    onSettled() {
      if (!connected) socket.destroy();
    },
  });
  // The signal refuses listeners.
  if (pending.settled) socket.destroy();
  socket.once("connect", () => {
    connected = true;
    pending.resolve();
  });
  // This listener stays: an error before the streams exist would be an uncaught exception.
  socket.on("error", (error) => pending.reject(error));
  socket.once("close", () => {
    const error = new Error("Cannot connect: the socket was closed");
    pending.reject(Object.assign(error, { code: "ECONNRESET" }));
  });
  await pending.promise;
}

// Getters on a class, because console.log() would print own properties among the elements.
// Nonenumerable ones are not printed, but take 366 ns to define instead of 111.
class StreamPair extends Array<StreamReader | StreamWriter> {
  get reader(): StreamReader {
    return this[0] as StreamReader;
  }

  get writer(): StreamWriter {
    return this[1] as StreamWriter;
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.writer[Symbol.asyncDispose]();
  }
}
