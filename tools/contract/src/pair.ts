import { once } from "node:events";
import type { Duplex, Readable, Writable } from "node:stream";
import type { ReadableStream, WritableStream } from "node:stream/web";

interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
}

/** The reader under test: what the readers of all packages have in common. */
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

/** The writer under test: what the writers of all packages have in common. */
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
  readonly socket: Duplex;
  toWritable(): Writable;
  toWeb(): WritableStream<string | NodeJS.ArrayBufferView>;
}

/** The other end of the stream. It reads only on request. */
export interface Peer {
  /** Resolves once the system has taken all of the data, so it waits for a slow reader. */
  send(data: string | Uint8Array): Promise<void>;
  /** End the output, but keep reading. */
  end(): Promise<void>;
  receive(size: number): Promise<Buffer>;
  /** Read to the end of input. */
  receiveAll(): Promise<Buffer>;
  /** Close without reading the rest. */
  vanish(): Promise<void>;
}

/** Both ends of one stream. Disposing of the pair releases its resources. */
export interface Pair extends AsyncDisposable {
  readonly reader: PairReader;
  readonly writer: PairWriter;
  readonly peer: Peer;
}

/** Creates a pair for each test. */
export interface PairFactory {
  /** The kind of stream, as it appears in test titles. */
  readonly name: string;
  /** Whether reader and writer share one connection, so that closing it ends both. */
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
    if (bytes.length < size) throw new Error(`The peer received ${bytes.length} of ${size} bytes`);
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
