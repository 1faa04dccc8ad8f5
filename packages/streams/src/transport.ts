import { TimeoutError, outOfRange } from "@aio/errors";
import type { Duplex } from "node:stream";
import type * as tls from "node:tls";

import { type Address, tcpAddress } from "./address.ts";
import { Pending } from "./pending.ts";
import { StreamReader } from "./stream-reader.ts";
import { WriterOutput } from "./writer-output.ts";

/** What is known about a connection besides its socket. */
export interface TransportSettings {
  readonly limit?: number | undefined;
  readonly highWaterMark?: number | undefined;
  readonly tlsShutdownTimeout?: number | undefined;
  /** Which side of a TLS handshake it would be. */
  readonly side?: "client" | "server" | undefined;
  /** The host that was connected to, whose certificate a TLS handshake would expect. */
  readonly host?: string | undefined;
  /** The addresses, where the socket cannot tell them. */
  readonly peername?: Address | undefined;
  readonly sockname?: Address | undefined;
  readonly sslcontext?: tls.SecureContext | undefined;
}

// A connection has one state and one end. It lives until the first 'error' or 'close' of its socket:
// then lose() runs, once, and settles everything that waits, so that nothing can wait for ever. The
// socket's 'error' has a listener from here on and for good: an error that comes late, or that nobody
// asks for, is no uncaught exception, and promises are made only for those who wait.
//
// The listeners are the same functions for all sockets and find their transport under a symbol: five
// closures for each connection would be a fifth of its memory.
const transportOf: unique symbol = Symbol("transport");

/** A socket under a reader and a writer. */
export interface TransportSocket extends Duplex {
  [transportOf]?: Transport | undefined;
}

const defaultHighWaterMark = 65_536;

export class Transport {
  readonly settings: TransportSettings;
  readonly reader: StreamReader;
  readonly output: WriterOutput;
  peername: Address | undefined;
  sockname: Address | undefined;
  sslcontext: tls.SecureContext | undefined;
  #socket: TransportSocket;
  #error: Error | null = null;
  #isLost = false;
  #isClosing = false;
  #isAborted = false;
  #isDetached = false;
  #hasWrittenEof = false;
  #drains: Set<Pending<void>> | undefined = undefined;
  #closes: Set<Pending<void>> | undefined = undefined;
  #shutdownTimer: NodeJS.Timeout | undefined = undefined;

  constructor(socket: Duplex, settings: TransportSettings) {
    const { limit, highWaterMark = defaultHighWaterMark } = settings;
    if (!Number.isSafeInteger(highWaterMark) || highWaterMark < 0) {
      throw outOfRange("highWaterMark", "0 or more bytes", highWaterMark);
    }
    this.settings = settings;
    this.reader = new StreamReader({ limit, source: this });
    this.output = new WriterOutput(socket, highWaterMark, this);
    this.#socket = socket;
    this.attach(socket, settings.sslcontext);
  }

  get socket(): Duplex {
    return this.#socket;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Why it was lost; `null` if it was not, or in good order. */
  get error(): Error | null {
    return this.#error;
  }

  get isClosing(): boolean {
    return this.#isClosing || this.#isLost || this.#socket.destroyed;
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

  /** Read from a socket and write to it from now on. */
  attach(socket: TransportSocket, sslcontext?: tls.SecureContext): void {
    if (this.#isLost) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    this.#isDetached = false;
    this.sslcontext = sslcontext;
    const { localAddress, localPort, localFamily } = socket as Partial<tls.TLSSocket>;
    const { remoteAddress, remotePort, remoteFamily } = socket as Partial<tls.TLSSocket>;
    // Asked for now: when it is closed the socket knows them no more.
    this.peername ??= this.settings.peername ?? tcpAddress(remoteAddress, remotePort, remoteFamily);
    this.sockname ??= this.settings.sockname ?? tcpAddress(localAddress, localPort, localFamily);
    this.output.setSocket(socket);
    socket[transportOf] = this;
    socket.on("error", onError);
    socket.on("close", onClose);
    socket.on("drain", onDrain);
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
    socket.on("end", onEnd);
    socket.on("data", onData);
    socket.resume();
  }

  /** Give up the socket, to put another above it. What is pending goes out first. */
  detach(): Duplex {
    this.output.flush();
    this.#isDetached = true;
    const socket = this.#socket;
    socket[transportOf] = undefined;
    socket.off("data", onData);
    socket.off("end", onEnd);
    socket.off("drain", onDrain);
    socket.off("close", onClose);
    // The listener of 'error' stays: without a transport it ignores what comes.
    socket.pause();
    return socket;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isClosing) this.#socket.resume();
  }

  writeEof(): void {
    if (this.#hasWrittenEof || this.isClosing) return;
    this.#hasWrittenEof = true;
    this.output.flush();
    this.#socket.end();
  }

  close(): void {
    if (this.isClosing) return;
    if (this.#isDetached) {
      this.abort();
      return;
    }
    this.#isClosing = true;
    const socket = this.#socket;
    socket.off("data", onData);
    socket.pause();
    this.output.flush();
    if (!socket.writableEnded) socket.end();
    if (socket.writableFinished) socket.destroy();
    else socket.once("finish", destroy);
    const { tlsShutdownTimeout = 30_000 } = this.settings;
    if (!("encrypted" in socket)) return;
    this.#shutdownTimer = setTimeout(() => {
      const text = `The TLS connection did not end within ${tlsShutdownTimeout} ms of being closed`;
      socket.destroy(new TimeoutError(text));
    }, tlsShutdownTimeout);
  }

  abort(): void {
    if (this.#isLost) return;
    this.#isClosing = true;
    this.#isAborted = true;
    this.output.drop();
    this.#socket.destroy();
    if (this.#isDetached) this.lose(null);
  }

  /** Wait until there is room, or until the connection is lost. */
  waitForRoom(signal: AbortSignal | undefined): Promise<void> {
    if (this.output.isFull) return waiterIn((this.#drains ??= new Set()), signal).promise;
    // It is closing. One turn at least, so that a loop of write() and drain() lets the loss come.
    const waiter = new Pending<void>(signal);
    setImmediate(() => {
      if (this.output.length > 0 && !this.#isLost) waiter.resolve();
      else waiter.reject(this.#error ?? lostError());
    });
    return waiter.promise;
  }

  /** Wait until the connection is lost. */
  waitForLoss(signal: AbortSignal | undefined): Promise<void> {
    return waiterIn((this.#closes ??= new Set()), signal).promise;
  }

  /** Let those go on who wait for room, if there is some. */
  relieve(): void {
    if (this.#drains === undefined || this.#drains.size === 0) return;
    if (!this.output.isRelieved) return;
    for (const waiter of this.#drains) waiter.resolve();
  }

  /** The end of the connection, by its socket or by whoever could not put TLS above it. */
  lose(error: Error | null): void {
    if (this.#isLost) return;
    this.#isLost = true;
    clearTimeout(this.#shutdownTimer);
    this.output.drop();
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
  }
}

/** What asyncio calls a ConnectionResetError: the connection is gone, and nobody said why. */
export function lostError(): Error {
  return Object.assign(new Error("Cannot send: the connection is lost"), { code: "ECONNRESET" });
}

function waiterIn(waiters: Set<Pending<void>>, signal: AbortSignal | undefined): Pending<void> {
  const waiter = new Pending<void>(signal, () => waiters.delete(waiter));
  waiters.add(waiter);
  return waiter;
}

function onData(this: TransportSocket, chunk: Buffer | string): void {
  try {
    this[transportOf]?.reader.feedData(chunk);
  } catch (error) {
    // A stream in object mode gave what is no bytes.
    this.destroy(error as Error);
  }
}

function onEnd(this: TransportSocket): void {
  this[transportOf]?.reader.feedEof();
}

function onDrain(this: TransportSocket): void {
  this[transportOf]?.relieve();
}

function onError(this: TransportSocket, error: Error): void {
  this[transportOf]?.lose(error);
  // Not every stream destroys itself.
  this.destroy();
}

function onClose(this: TransportSocket): void {
  this[transportOf]?.lose(this.errored);
}

function destroy(this: Duplex): void {
  this.destroy();
}
