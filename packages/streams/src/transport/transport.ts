import { Pending, TimeoutError } from "@aio/errors";
import type { Duplex } from "node:stream";
import type * as tls from "node:tls";

import type { ByteSource } from "../reader/input.ts";
import { StreamReader } from "../stream-reader-from.ts";
import {
  type Address,
  type Addresses,
  formatAddress,
  localAddressOf,
  remoteAddressOf,
} from "./address.ts";
import { WriterOutput } from "./output.ts";
import {
  type SocketOwner,
  attach,
  detach,
  listenForDrain,
  listenForFinish,
  listenForInput,
} from "./socket-events.ts";

/** What many connections can have in common. */
export interface TransportSettings {
  readonly limit?: number | undefined;
  readonly highWaterMark?: number | undefined;
  readonly tlsShutdownTimeout?: number | undefined;
  /** Which side of a TLS handshake it would be. `undefined`: none, since it has output only. */
  readonly side?: "client" | "server" | undefined;
  /** The host that was connected to, whose certificate a TLS handshake would expect. */
  readonly host?: string | undefined;
  /** Called once with each that is lost. */
  readonly onLost?: ((transport: Transport) => void) | undefined;
}

const defaultHighWaterMark = 65_536;
const defaultTlsShutdownTimeout = 30_000;
const lingerTimeout = 500;

// A connection has one state and one end. It lives until the first 'error' or 'close' of its socket:
// then onLost() runs, once, and settles everything that waits, so nothing can wait forever. The
// socket's 'error' has a listener from here on and for good, so an error that comes late, or that
// nobody asks for, is not an uncaught exception. Promises are made only for callers that wait.

/**
 * What this side does. `detached`: TLS is being put on top of the socket. `closing`: what was written
 * is being sent. `lingering`: it is sent, and input is dropped until the peer ends it.
 */
type Phase = "open" | "detached" | "closing" | "lingering" | "aborted";

/** One connection over one socket: what its reader and its writer have in common. */
export class Transport extends WriterOutput implements ByteSource, SocketOwner {
  /** Where it stands in its server's list of clients. */
  place = -1;
  readonly settings: TransportSettings;
  readonly reader: StreamReader;
  readonly peername: Address | undefined;
  readonly sockname: Address | undefined;
  #error: Error | null = null;
  #phase: Phase = "open";
  #isLost = false;
  #hasWrittenEof = false;
  #drains: Set<Pending<void>> | undefined = undefined;
  #finishes: Set<Pending<void>> | undefined = undefined;
  #losses: Set<Pending<void>> | undefined = undefined;
  #tlsShutdownTimeout: number;
  #closeTimer: NodeJS.Timeout | undefined = undefined;

  constructor(socket: Duplex, settings: TransportSettings, known?: Addresses) {
    super(socket, settings.highWaterMark ?? defaultHighWaterMark);
    this.settings = settings;
    this.#tlsShutdownTimeout = settings.tlsShutdownTimeout ?? defaultTlsShutdownTimeout;
    this.reader = new StreamReader({ limit: settings.limit, source: this });
    // Asked for now: a closed socket has forgotten them.
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
    return !this.#isOpen || this.#isLost || this.socket.destroyed;
  }

  /** Whether both sides have ended their output, and neither has closed the connection before. */
  get hasEndedInOrder(): boolean {
    return this.#isLost && this.#hasWrittenEof && this.#isOpen && this.#error === null;
  }

  get hasWrittenEof(): boolean {
    return this.#hasWrittenEof;
  }

  /** Whether there is no socket to write to, while TLS is put on top of the one there was. */
  get isDetached(): boolean {
    return this.#phase === "detached";
  }

  get #isOpen(): boolean {
    return this.#phase === "open" || this.#phase === "detached";
  }

  /** Continue over the TLS socket that was put on top of the one there was. */
  secure(socket: tls.TLSSocket, tlsShutdownTimeout: number | undefined): void {
    if (this.#isLost) {
      socket.destroy();
      return;
    }
    this.#tlsShutdownTimeout = tlsShutdownTimeout ?? this.#tlsShutdownTimeout;
    this.#attach(socket);
  }

  #attach(socket: Duplex): void {
    this.continueWith(socket);
    this.#phase = "open";
    attach(socket, this);
    if (this.#drains !== undefined) listenForDrain(socket);
    if (socket.destroyed) {
      this.onLost(socket.errored);
      return;
    }
    // The peer's end must not end our side by itself.
    socket.allowHalfOpen = true;
    if (socket.readableEnded) {
      this.reader.feedEof();
      return;
    }
    listenForInput(socket);
  }

  /** Give up the socket, to put TLS on top of it. What is pending is sent first. */
  detach(): Duplex {
    this.flush();
    this.#phase = "detached";
    const socket = this.socket;
    detach(socket);
    socket.pause();
    return socket;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    if (this.#phase === "open") this.socket.resume();
  }

  writeEof(): void {
    if (this.#hasWrittenEof || this.isClosing) return;
    this.#hasWrittenEof = true;
    this.flush();
    listenForFinish(this.socket);
    this.socket.end();
  }

  close(): void {
    if (this.isClosing) return;
    if (this.#phase === "detached") {
      this.abort();
      return;
    }
    this.#phase = "closing";
    const socket = this.socket;
    socket.resume();
    this.flush();
    if (!this.#hasWrittenEof) listenForFinish(socket);
    if (!socket.writableEnded) socket.end();
    if (socket.writableFinished) this.onFinish();
    if (!("encrypted" in socket) || this.#closeTimer !== undefined) return;
    const timeout = this.#tlsShutdownTimeout;
    this.#closeTimer = setTimeout(() => {
      const state = `it did not end within ${timeout} ms`;
      socket.destroy(new TimeoutError(`Cannot close the TLS connection in order: ${state}`));
    }, timeout);
  }

  abort(): void {
    if (this.#isLost) return;
    const wasDetached = this.#phase === "detached";
    this.#phase = "aborted";
    this.drop();
    this.socket.destroy();
    if (wasDetached) this.onLost(null);
  }

  /** Wait until there is room, or until the connection is lost. */
  waitForRoom(signal: AbortSignal | undefined, activity: string): Promise<void> {
    if (this.isFull) {
      if (this.#drains === undefined) listenForDrain(this.socket);
      return waiterIn((this.#drains ??= new Set()), signal, activity);
    }
    // It is closing. At least one turn passes, so that a loop of write() and drain() sees the loss.
    const waiter = new Pending<void>(signal, { activity });
    setImmediate(() => {
      if (this.pendingLength > 0 && !this.#isLost) waiter.resolve();
      else waiter.reject(this.#error ?? this.lostError());
    });
    return waiter.promise;
  }

  /** Wait until everything that was written is sent, and the end of the output too. */
  waitForFinish(): Promise<void> {
    if (this.socket.writableFinished) return Promise.resolve();
    if (this.#isLost) return Promise.reject(this.#error ?? this.lostError());
    return waiterIn((this.#finishes ??= new Set()));
  }

  /** Wait until the connection is lost. */
  waitForLoss(signal: AbortSignal | undefined, activity: string): Promise<void> {
    return waiterIn((this.#losses ??= new Set()), signal, activity);
  }

  onData(chunk: Buffer | string): void {
    if (this.#isOpen) this.reader.feedData(chunk);
  }

  onEnd(): void {
    if (this.#phase === "lingering") this.socket.destroy();
    else this.reader.feedEof();
  }

  onDrain(): void {
    if (this.#drains === undefined || this.#drains.size === 0) return;
    // TLS tells that it is empty just before it tells that it was reset.
    if (this.socket.errored || !this.hasRoom) return;
    for (const waiter of this.#drains) waiter.resolve();
  }

  onFinish(): void {
    // A socket whose end was written does not tell that it is empty.
    this.onDrain();
    for (const waiter of this.#finishes ?? []) waiter.resolve();
    if (this.#phase !== "closing" || this.#isLost) return;
    // From here on the connection is closed for the reader, which gets nothing more.
    this.reader.feedEof();
    const socket = this.socket;
    clearTimeout(this.#closeTimer);
    if (socket.readableEnded) {
      socket.destroy();
      return;
    }
    // A socket that is closed with input unread, or gets input later, is reset, and what the peer has
    // not received yet is lost: of 3 MB 114 KB arrived. So input is read and dropped until the peer
    // ends it, as in RFC 9112, section 9.6, but not for long: a peer may stay half-open forever.
    this.#phase = "lingering";
    this.#closeTimer = setTimeout(destroy, lingerTimeout, socket);
  }

  /** The end of the connection, by its socket or by a failure to put TLS on top of it. */
  onLost(error: Error | null): void {
    if (this.#isLost) return;
    this.#isLost = true;
    clearTimeout(this.#closeTimer);
    this.drop();
    // After an abort nobody asks why. A peer that resets while this side lingers was sent everything.
    const failure = this.#phase === "aborted" || this.#phase === "lingering" ? null : error;
    if (failure !== null) namePeer(failure, this.peername);
    this.#error = failure;
    if (failure === null) this.reader.feedEof();
    else this.reader.setException(failure);
    for (const waiter of this.#finishes ?? []) waiter.reject(failure ?? this.lostError());
    for (const waiters of [this.#drains, this.#losses]) {
      for (const waiter of waiters ?? []) {
        if (failure === null) waiter.resolve();
        else waiter.reject(failure);
      }
    }
    this.settings.onLost?.(this);
  }

  /** What asyncio calls a ConnectionResetError: the connection is gone, for an unknown reason. */
  lostError(): Error {
    const to = this.peername === undefined ? "" : ` to ${formatAddress(this.peername)}`;
    const error = new Error(`Cannot send: the connection${to} is lost`);
    return Object.assign(error, { code: "ECONNRESET" });
  }
}

// "read ECONNRESET" becomes "read ECONNRESET 127.0.0.1:80", as Node has it in the errors of connect().
// A socket that fails no longer knows its peer, so its own errors do not name it.
function namePeer(error: Error, peername: Address | undefined): void {
  if (peername === undefined || !("syscall" in error) || "address" in error) return;
  const { message, stack } = error;
  const named = `${message} ${formatAddress(peername)}`;
  const { path, address = path, port } = peername;
  try {
    Object.assign(error, { message: named, address, ...(port !== undefined && { port }) });
    // V8 wrote the message into the stack when the error was made.
    if (stack?.includes(message)) error.stack = stack.replace(message, () => named);
  } catch {
    // It is frozen, and stays as it is.
  }
}

function waiterIn(
  waiters: Set<Pending<void>>,
  signal?: AbortSignal,
  activity?: string,
): Promise<void> {
  const waiter: Pending<void> = new Pending(signal, {
    activity,
    onSettled: () => waiters.delete(waiter),
  });
  waiters.add(waiter);
  return waiter.promise;
}

function destroy(socket: Duplex): void {
  socket.destroy();
}
