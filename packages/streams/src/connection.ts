import type { Duplex } from "node:stream";

import type { Addresses } from "./address.ts";
import { SocketWriter } from "./writer/socket-writer.ts";
import type { StreamReader } from "./stream-reader-from.ts";
import type { StreamWriter } from "./writer/stream-writer.ts";
import { Transport, type TransportSettings } from "./transport/transport.ts";

/**
 * Both ends of a connection: a pair, as asyncio's, and by name. Disposing of it disposes of the
 * writer, which closes the connection.
 */
export type Connection = readonly [reader: StreamReader, writer: StreamWriter] & {
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
} & AsyncDisposable;

/**
 * Lay a reader and a writer over a connected socket. They own it from now on, its events included.
 */
export function connectionOver(
  socket: Duplex,
  settings: TransportSettings,
  addresses?: Addresses,
): Connection {
  const transport = new Transport(socket, settings, addresses);
  return new StreamPair(transport.reader, new SocketWriter(transport)) as unknown as Connection;
}

// Getters of a class: properties of its own would be listed among its elements, and hidden ones take
// 366 ns to define where this takes 111.
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

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}
