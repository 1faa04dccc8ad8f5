import { Pending, TimeoutError, outOfRange } from "@aio/errors";
import type { Duplex } from "node:stream";
import type * as tls from "node:tls";

import { type Address, type Addresses, localAddressOf, remoteAddressOf } from "./address.ts";
import {
  type SocketOwner,
  disown,
  own,
  ownInput,
  tellOfFinish,
  tellOfRoom,
} from "./socket-events.ts";
import type { ByteSource } from "../reader/input.ts";
import { StreamReader } from "../stream-reader-from.ts";
import { WriterOutput } from "./output.ts";

/** What many connections can have in common. */
export interface TransportSettings {
  readonly limit?: number | undefined;
  readonly highWaterMark?: number | undefined;
  readonly tlsShutdownTimeout?: number | undefined;
  /** Which side of a TLS handshake it would be. */
  readonly side?: "client" | "server" | undefined;
  /** The host that was connected to, whose certificate a TLS handshake would expect. */
  readonly host?: string | undefined;
  /** Called once with each that is lost. */
  readonly onLost?: ((transport: Transport) => void) | undefined;
}

// A connection has one state and one end. It lives until the first 'error' or 'close' of its socket:
// then lose() runs, once, and settles everything that waits, so that nothing can wait for ever. The
// socket's 'error' has a listener from here on and for good: an error that comes late, or that nobody
// asks for, is no uncaught exception, and promises are made only for those who wait.
const defaultHighWaterMark = 65_536;
const defaultTlsShutdownTimeout = 30_000;
const lingerTimeout = 1000;

export class Transport extends WriterOutput implements ByteSource, SocketOwner {
  /** Where it stands in its server's list of clients. */
  place = -1;
  readonly settings: TransportSettings;
  readonly reader: StreamReader;
  readonly peername: Address | undefined;
  readonly sockname: Address | undefined;
  #error: Error | null = null;
  #isLost = false;
  #isClosing = false;
  #isAborted = false;
  #isDetached = false;
  #mayHaveUnread = false;
  #hasWrittenEof = false;
  #drains: Set<Pending<void>> | undefined = undefined;
  #closes: Set<Pending<void>> | undefined = undefined;
  #tlsShutdownTimeout: number;
  #closeTimer: NodeJS.Timeout | undefined = undefined;

  constructor(socket: Duplex, settings: TransportSettings, known?: Addresses) {
    const { limit, highWaterMark = defaultHighWaterMark } = settings;
    if (!Number.isSafeInteger(highWaterMark) || highWaterMark < 0) {
      throw outOfRange("highWaterMark", "0 or more bytes", highWaterMark);
    }
    super(socket, highWaterMark);
    this.settings = settings;
    this.#tlsShutdownTimeout = settings.tlsShutdownTimeout ?? defaultTlsShutdownTimeout;
    this.reader = new StreamReader({ limit, source: this });
    // Asked for now: when it is closed the socket knows them no more.
    this.peername = known?.peername ?? remoteAddressOf(socket);
    this.sockname = known?.sockname ?? localAddressOf(socket);
    this.#attach(socket);
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Why it was lost; `null` if it was not, or in good order. */
  get error(): Error | null {
    return this.#error;
  }

  get isClosing(): boolean {
    return this.#isClosing || this.#isLost || this.socket.destroyed;
  }

  /** Whether both sides have ended their output, and neither has closed the connection before. */
  get hasEndedInOrder(): boolean {
    return this.#isLost && this.#hasWrittenEof && !this.#isClosing && this.#error === null;
  }

  get hasWrittenEof(): boolean {
    return this.#hasWrittenEof;
  }

  /** Whether there is no socket to write to, while TLS is put above the one there was. */
  get isDetached(): boolean {
    return this.#isDetached;
  }

  /** Go on over the TLS socket that was put above the one there was. */
  secure(socket: tls.TLSSocket, tlsShutdownTimeout: number | undefined): void {
    if (this.#isLost) {
      socket.destroy();
      return;
    }
    this.#tlsShutdownTimeout = tlsShutdownTimeout ?? this.#tlsShutdownTimeout;
    this.#attach(socket);
  }

  #attach(socket: Duplex): void {
    this.socket = socket;
    this.#isDetached = false;
    own(socket, this);
    if (this.#drains !== undefined) tellOfRoom(socket);
    if (socket.destroyed) {
      this.lose(socket.errored);
      return;
    }
    // The peer's end must not end our side by itself.
    socket.allowHalfOpen = true;
    if (socket.readableEnded) {
      this.reader.feedEof();
      return;
    }
    ownInput(socket);
  }

  /** Give up the socket, to put another above it. What is pending goes out first. */
  detach(): Duplex {
    this.flush();
    this.#isDetached = true;
    const socket = this.socket;
    disown(socket);
    socket.pause();
    return socket;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    if (!this.#isClosing && !this.#isDetached) this.socket.resume();
  }

  writeEof(): void {
    if (this.#hasWrittenEof || this.isClosing) return;
    this.#hasWrittenEof = true;
    this.flush();
    tellOfFinish(this.socket);
    this.socket.end();
  }

  close(): void {
    if (this.isClosing) return;
    if (this.#isDetached) {
      this.abort();
      return;
    }
    this.#isClosing = true;
    const socket = this.socket;
    const isEncrypted = "encrypted" in socket;
    // TLS has input of its own at any time, such as session tickets.
    this.#mayHaveUnread = isEncrypted || socket.isPaused();
    socket.resume();
    this.flush();
    if (!this.#hasWrittenEof) tellOfFinish(socket);
    if (!socket.writableEnded) socket.end();
    if (socket.writableFinished) this.finish();
    if (!isEncrypted || this.#closeTimer !== undefined) return;
    const timeout = this.#tlsShutdownTimeout;
    this.#closeTimer = setTimeout(() => {
      const text = `The TLS connection did not end within ${timeout} ms of being closed`;
      socket.destroy(new TimeoutError(text));
    }, timeout);
  }

  finish(): void {
    // A socket whose end was written does not tell that it is empty.
    this.relieve();
    if (!this.#isClosing) return;
    // From here on it is closed for the reader, to whom nothing more is given.
    this.reader.feedEof();
    const socket = this.socket;
    clearTimeout(this.#closeTimer);
    if (socket.readableEnded || !this.#mayHaveUnread) {
      socket.destroy();
      return;
    }
    // A socket that is closed with input unread is reset, and what the peer has not taken yet is lost:
    // 3 MB of which 114 KB arrived. So the input is read and dropped until the peer ends it too, as
    // RFC 9112 9.6 has it, but for a second at most: a peer may stay half-open for ever.
    socket.once("end", destroy);
    this.#closeTimer = setTimeout(() => socket.destroy(), lingerTimeout);
  }

  receive(chunk: Buffer | string): void {
    if (this.#isClosing) this.#mayHaveUnread = true;
    else this.reader.feedData(chunk);
  }

  abort(): void {
    if (this.#isLost) return;
    this.#isClosing = true;
    this.#isAborted = true;
    this.drop();
    this.socket.destroy();
    if (this.#isDetached) this.lose(null);
  }

  /** Wait until there is room, or until the connection is lost. */
  waitForRoom(signal: AbortSignal | undefined): Promise<void> {
    if (this.isFull) return waiterIn((this.#drains ??= this.#beginToRelieve()), signal).promise;
    // It is closing. One turn at least, so that a loop of write() and drain() lets the loss come.
    const waiter = new Pending<void>(signal);
    setImmediate(() => {
      if (this.pendingLength > 0 && !this.#isLost) waiter.resolve();
      else waiter.reject(this.#error ?? lostError());
    });
    return waiter.promise;
  }

  #beginToRelieve(): Set<Pending<void>> {
    tellOfRoom(this.socket);
    return new Set();
  }

  /** Wait until the connection is lost. */
  waitForLoss(signal: AbortSignal | undefined): Promise<void> {
    return waiterIn((this.#closes ??= new Set()), signal).promise;
  }

  receiveEof(): void {
    this.reader.feedEof();
  }

  relieve(): void {
    if (this.#drains === undefined || this.#drains.size === 0) return;
    // TLS tells that it is empty just before it tells that it was reset.
    if (this.socket.errored || !this.isRelieved) return;
    for (const waiter of this.#drains) waiter.resolve();
  }

  /** The end of the connection, by its socket or by whoever could not put TLS above it. */
  lose(error: Error | null): void {
    if (this.#isLost) return;
    this.#isLost = true;
    clearTimeout(this.#closeTimer);
    this.drop();
    const failure = this.#isAborted ? null : error;
    this.#error = failure;
    if (failure === null) this.reader.feedEof();
    else this.reader.setException(failure);
    for (const waiters of [this.#drains, this.#closes]) {
      for (const waiter of waiters ?? []) {
        if (failure === null) waiter.resolve();
        else waiter.reject(failure);
      }
    }
    this.settings.onLost?.(this);
  }
}

/** What asyncio calls a ConnectionResetError: the connection is gone, and nobody said why. */
export function lostError(): Error {
  return Object.assign(new Error("Cannot send: the connection is lost"), { code: "ECONNRESET" });
}

function waiterIn(waiters: Set<Pending<void>>, signal: AbortSignal | undefined): Pending<void> {
  const waiter = new Pending<void>(signal, { onSettled: () => waiters.delete(waiter) });
  waiters.add(waiter);
  return waiter;
}

function destroy(this: Duplex): void {
  this.destroy();
}
