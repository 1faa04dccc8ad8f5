import type { Duplex } from "node:stream";
import type * as tls from "node:tls";
import { Pending, TimeoutError } from "@aio/errors";
import { clearTimeout, setImmediate, setTimeout } from "../platform.ts";
import { type ByteSource, defaultLimit } from "../reader/input.ts";
import { StreamReader } from "../stream-reader-from.ts";
import { type Address, type Addresses, formatAddress, addressesToKeep, peerOf } from "./address.ts";
import { WriterOutput } from "./output.ts";
import {
  type SocketOwner,
  attach,
  destroy,
  detach,
  listenForDrain,
  listenForFinish,
  listenForInput,
} from "./socket-events.ts";

/** The settings of a transport. All connections of a server share one object. */
export interface TransportSettings {
  readonly limit: number;
  readonly highWaterMark: number;
  readonly tlsShutdownTimeout: number;
  /** This end's side of a TLS handshake. `undefined` if it has output only, which excludes TLS. */
  readonly side: "client" | "server" | undefined;
  /** The host of the connection, which startTls() checks the certificate against. */
  readonly host: string | undefined;
  /** Called once for each lost connection. */
  readonly onLost?: ((transport: Transport) => void) | undefined;
}

/** What applies where the caller gives no option. */
export const defaults: TransportSettings = {
  limit: defaultLimit,
  highWaterMark: 65_536,
  tlsShutdownTimeout: 30_000,
  side: undefined,
  host: undefined,
};

const lingerTimeout = 500;

// A connection has one state and ends once. At the first 'error' or 'close' of its socket, onLost()
// runs, once, and settles every waiter, so nothing can wait forever. The socket has an 'error'
// listener from here on, permanently, so an error that is late, or that no caller waits for, is not
// an uncaught exception. Promises are created only for callers that wait.

/**
 * What this side does:
 *
 *     open ◀──startTls()──▶ upgrading    the TLS handshake owns the socket
 *      └──close()──▶ closing             the output is being flushed
 *                       └──▶ lingering   it is flushed; input is dropped until the peer ends it
 *     aborted                            from any of these, by abort()
 */
type Phase = "open" | "upgrading" | "closing" | "lingering" | "aborted";

/** Callers that wait for room, for the end of the output to be sent, or for the loss. */
type Waiters = Partial<Record<"drains" | "finishes" | "losses", Set<Pending<void>>>>;

/**
 * One connection over one socket: what its reader and its writer have in common. How output is batched
 * is inherited from output.ts; the rest of the connection's state is here.
 */
export class Transport extends WriterOutput implements ByteSource, SocketOwner {
  /** Its index in the server's list of clients. */
  place = -1;
  settings: TransportSettings;
  readonly reader: StreamReader;
  // An address object for each connection would take 50 bytes: the socket has the peer's.
  addresses: Addresses;
  #phase: Phase = "open";
  // `undefined` until the connection is lost; then why, or `null` if it ended without an error.
  #loss: Error | null | undefined = undefined;
  #hasWrittenEof = false;
  // Most connections never have waiters, and an idle one takes 16 bytes less with one field for all.
  #waiters: Waiters | undefined = undefined;
  #closeTimer: NodeJS.Timeout | undefined = undefined;

  constructor(socket: Duplex, settings: TransportSettings, addresses: Addresses = {}) {
    super(socket, settings.highWaterMark);
    this.settings = settings;
    this.reader = new StreamReader({ limit: settings.limit, source: this });
    this.addresses = addressesToKeep(socket, addresses);
    this.#attach(socket);
  }

  get isLost(): boolean {
    return this.#loss !== undefined;
  }

  /** Why it was lost; `null` if it is not lost, or ended without an error. */
  get error(): Error | null {
    return this.#loss ?? null;
  }

  get isClosing(): boolean {
    return !this.#isOpen || this.isLost || this.socket.destroyed;
  }

  /** Whether both sides ended their output, and there was no close() and no error. */
  get hasEndedInOrder(): boolean {
    return this.#loss === null && this.#hasWrittenEof && this.#isOpen;
  }

  get hasWrittenEof(): boolean {
    return this.#hasWrittenEof;
  }

  /** Whether nothing can be written, because the upgrade to TLS is under way. */
  get isUpgrading(): boolean {
    return this.#phase === "upgrading";
  }

  /** Begin the upgrade to TLS: release the socket. Pending output is flushed first. */
  beginUpgrade(): Duplex {
    this.flush();
    this.#phase = "upgrading";
    const socket = this.socket;
    detach(socket);
    socket.pause();
    return socket;
  }

  /**
   * Finish the upgrade to TLS: continue over the TLS socket.
   *
   * @throws {Error} If the connection was lost meanwhile; the socket is being destroyed.
   */
  finishUpgrade(socket: tls.TLSSocket, tlsShutdownTimeout: number): void {
    if (this.isLost) {
      setImmediate(destroy, socket);
      throw this.lostError();
    }
    this.settings = { ...this.settings, tlsShutdownTimeout };
    this.addresses = { ...this.addresses, peername: peerOf(this) };
    this.#attach(socket);
  }

  // After close(), input flows and is dropped: the reader, which may still be full, no longer decides.

  pause(): void {
    if (this.#phase === "open") this.socket.pause();
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
    if (this.#phase === "upgrading") {
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
    const timeout = this.settings.tlsShutdownTimeout;
    this.#closeTimer = setTimeout(() => {
      const state = `it did not end within ${timeout} ms`;
      socket.destroy(new TimeoutError(`Cannot close the TLS connection: ${state}`));
    }, timeout);
  }

  abort(): void {
    if (this.isLost) return;
    const wasUpgrading = this.#phase === "upgrading";
    this.#phase = "aborted";
    this.drop();
    // During a handshake, the caller may be one of its callbacks: see afterTls().
    if (wasUpgrading) {
      setImmediate(destroy, this.socket);
      this.onLost(null);
    } else {
      destroy(this.socket);
    }
  }

  /** Wait until there is room, or until the connection is lost. */
  waitForRoom(signal: AbortSignal | undefined, activity: string): Promise<void> {
    if (this.isFull) {
      if (this.#waiters?.drains === undefined) listenForDrain(this.socket);
      return this.#wait("drains", signal, activity);
    }
    // The connection is closing, so writes are dropped. Waiting for one event-loop turn lets a loop of
    // write() and drain() notice when it is lost.
    const waiter = new Pending<void>(signal, { activity });
    setImmediate(() => {
      if (this.pendingLength > 0 && !this.isLost) waiter.resolve();
      else waiter.reject(this.lostError());
    });
    return waiter.promise;
  }

  /** Wait until everything that was written is sent, and the end of the output too. */
  waitForFinish(): Promise<void> {
    if (this.socket.writableFinished) return Promise.resolve();
    if (this.isLost) return Promise.reject(this.lostError());
    return this.#wait("finishes");
  }

  /** Wait until the connection is lost. */
  waitForLoss(signal: AbortSignal | undefined, activity: string): Promise<void> {
    return this.#wait("losses", signal, activity);
  }

  onData(chunk: Buffer | string): void {
    if (this.#isOpen) this.reader.feedData(chunk);
  }

  onEnd(): void {
    if (this.#phase === "lingering") destroy(this.socket);
    else this.reader.feedEof();
  }

  onDrain(): void {
    const drains = this.#waiters?.drains;
    if (drains === undefined || drains.size === 0) return;
    // A TLS socket emits 'drain' just before the 'error' of a reset.
    if (this.socket.errored || !this.hasRoom) return;
    for (const waiter of drains) waiter.resolve();
  }

  onFinish(): void {
    // A socket does not emit 'drain' after end().
    this.onDrain();
    for (const waiter of this.#waiters?.finishes ?? []) waiter.resolve();
    if (this.#phase !== "closing" || this.isLost) return;
    // From here on, the reader gets no more input.
    this.reader.feedEof();
    const socket = this.socket;
    clearTimeout(this.#closeTimer);
    if (socket.readableEnded) {
      destroy(socket);
      return;
    }
    // If a socket is closed with unread input, or gets input later, the system resets the connection,
    // and the peer loses what it has not received yet: 114 KB of 3 MB arrived. So input is read and
    // dropped until the peer ends it (RFC 9112, section 9.6), but only for a short time, because a peer
    // may stay half-open forever.
    this.#phase = "lingering";
    this.#closeTimer = setTimeout(destroy, lingerTimeout, socket);
  }

  /** The connection is lost: its socket closed, or the upgrade to TLS failed. */
  onLost(error: Error | null): void {
    if (this.isLost) return;
    clearTimeout(this.#closeTimer);
    this.drop();
    // An abort is not an error, nor is a reset while lingering, because everything was sent.
    const failure = this.#phase === "aborted" || this.#phase === "lingering" ? null : error;
    this.#loss = failure;
    if (failure !== null) namePeer(failure, peerOf(this));
    if (failure === null) this.reader.feedEof();
    else this.reader.setException(failure);
    const { drains = [], finishes = [], losses = [] } = this.#waiters ?? {};
    for (const waiter of finishes) waiter.reject(this.lostError());
    for (const waiter of [...drains, ...losses]) {
      if (failure === null) waiter.resolve();
      else waiter.reject(failure);
    }
    this.settings.onLost?.(this);
  }

  /** Why the connection is lost; if it is unknown, asyncio's ConnectionResetError. */
  lostError(): Error {
    if (this.#loss) return this.#loss;
    const peer = peerOf(this);
    const to = peer === undefined ? "" : ` to ${formatAddress(peer)}`;
    const error = new Error(`Cannot send: the connection${to} is lost`);
    return Object.assign(error, { code: "ECONNRESET" });
  }

  get #isOpen(): boolean {
    return this.#phase === "open" || this.#phase === "upgrading";
  }

  #attach(socket: Duplex): void {
    this.continueWith(socket);
    this.#phase = "open";
    attach(socket, this);
    if (this.#waiters?.drains !== undefined) listenForDrain(socket);
    if (socket.destroyed) {
      this.onLost(socket.errored);
      return;
    }
    // Half-close: the peer's end of output must not end ours. Node reads this when the input ends.
    socket.allowHalfOpen = true;
    if (socket.readableEnded) this.reader.feedEof();
    else listenForInput(socket);
    // Before an upgrade, the old socket may still have held more than the low-water mark.
    this.onDrain();
  }

  #wait(kind: keyof Waiters, signal?: AbortSignal, activity?: string): Promise<void> {
    const waiters = ((this.#waiters ??= {})[kind] ??= new Set());
    const waiter: Pending<void> = new Pending(signal, {
      activity,
      onSettled: () => waiters.delete(waiter),
    });
    // A signal that refuses listeners has rejected it.
    if (!waiter.settled) waiters.add(waiter);
    return waiter.promise;
  }
}

// "read ECONNRESET" becomes "read ECONNRESET 127.0.0.1:80", as in Node's connect() errors. Node does
// not name the peer here, because a failed socket no longer knows it.
function namePeer(error: Error, peername: Address | undefined): void {
  // Object(), because other code can destroy a socket with a string.
  if (peername === undefined || !("syscall" in Object(error)) || "address" in error) return;
  const { message, stack } = error;
  const named = `${message} ${formatAddress(peername)}`;
  const { path, address = path, port } = peername;
  try {
    Object.assign(error, { message: named, address, ...(port !== undefined && { port }) });
    // V8 copied the message into the stack when the error was created.
    if (stack?.includes(message)) error.stack = stack.replace(message, () => named);
  } catch {
    // The error is frozen: leave it unchanged.
  }
}
