import { once } from "node:events";
import type { Duplex, Readable, Writable } from "node:stream";
import type { ReadableStream, WritableStream } from "node:stream/web";

interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
}

/** The reader under test, as far as every package's reader goes. */
export interface PairReader extends AsyncIterable<Buffer> {
  read(size?: number, options?: WaitOptions): Promise<Buffer>;
  readexactly(size: number, options?: WaitOptions): Promise<Buffer>;
  readuntil(separator?: string | readonly string[], options?: WaitOptions): Promise<Buffer>;
  readline(options?: WaitOptions): Promise<Buffer>;
  readinto(target: Uint8Array, options?: WaitOptions): Promise<number>;
  readlineNowait(): Buffer | null;
  lines(): AsyncIterable<string>;
  readonly bufferedLength: number;
  atEof(): boolean;
  exception(): Error | null;
  toReadable(): Readable;
  toWeb(): ReadableStream<Uint8Array>;
}

/** The writer under test, as far as every package's writer goes. */
export interface PairWriter extends AsyncDisposable {
  write(data: string | NodeJS.ArrayBufferView): void;
  writelines(chunks: Iterable<string | NodeJS.ArrayBufferView>): void;
  flush(): void;
  drain(options?: WaitOptions): Promise<void>;
  readonly needsDrain: boolean;
  writeEof(): void;
  canWriteEof(): boolean;
  close(): void;
  abort(): void;
  isClosing(): boolean;
  waitClosed(options?: WaitOptions): Promise<void>;
  toWritable(): Writable;
  toWeb(): WritableStream<string | NodeJS.ArrayBufferView>;
}

/** The other end, which reads only what it is asked for. */
export interface Peer {
  /** Resolves when everything is handed over, which it is not while the other end reads nothing. */
  send(data: string | Uint8Array): Promise<void>;
  /** End the output, and go on reading. */
  end(): Promise<void>;
  receive(size: number): Promise<Buffer>;
  /** Everything up to the end of the input. */
  receiveAll(): Promise<Buffer>;
  /** Close without reading what is left. */
  vanish(): Promise<void>;
}

/** Both ends of one stream. Disposing of it frees whatever stands behind them. */
export interface Pair extends AsyncDisposable {
  readonly reader: PairReader;
  readonly writer: PairWriter;
  readonly peer: Peer;
}

/** Makes pairs for one test each. */
export interface PairFactory {
  /** What the pairs run over, for the titles. */
  readonly name: string;
  /** Whether reader and writer are two directions of one connection, so that closing ends both. */
  readonly isOneConnection: boolean;
  readonly make: (options?: { readonly limit?: number }) => Promise<Pair>;
}

/** A peer at the other end of a plain socket. */
export class SocketPeer implements Peer {
  readonly #socket: Duplex;

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on("error", () => {});
  }

  send(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#socket.write(data, () => resolve()));
  }

  end(): Promise<void> {
    return new Promise((resolve) => this.#socket.end(() => resolve()));
  }

  async receive(size: number): Promise<Buffer> {
    const bytes = await this.#collect(size);
    if (bytes.length < size) throw new Error(`The peer got ${bytes.length} bytes of ${size}`);
    if (bytes.length > size) this.#socket.unshift(bytes.subarray(size));
    return bytes.subarray(0, size);
  }

  receiveAll(): Promise<Buffer> {
    return this.#collect(Number.POSITIVE_INFINITY);
  }

  async vanish(): Promise<void> {
    if (this.#socket.closed) return;
    this.#socket.destroy();
    await once(this.#socket, "close");
  }

  async #collect(size: number): Promise<Buffer> {
    const socket = this.#socket;
    const chunks: Buffer[] = [];
    let collected = 0;
    while (collected < size) {
      const chunk = socket.read() as Buffer | null;
      if (chunk !== null) {
        chunks.push(chunk);
        collected += chunk.length;
      } else if (socket.readableEnded || socket.destroyed) {
        break;
      } else {
        await nextOf(socket, ["readable", "end", "close"]);
      }
    }
    return Buffer.concat(chunks);
  }
}

function nextOf(socket: Duplex, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of events) socket.off(event, done);
      resolve();
    };
    for (const event of events) socket.on(event, done);
  });
}
