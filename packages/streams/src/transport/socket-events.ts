import type { Duplex } from "node:stream";
import { setImmediate } from "../platform.ts";

// All sockets share these listeners, which find the owner under a symbol: ten thousand idle
// connections do not hold closures.
const ownerOf: unique symbol = Symbol("owner");

interface OwnedSocket extends Duplex {
  [ownerOf]?: SocketOwner | undefined;
}

/** Receives the events of a socket. */
export interface SocketOwner {
  onData(chunk: Buffer | string): void;
  onEnd(): void;
  /** There may be room for more output. */
  onDrain(): void;
  /** Everything was handed to the system, including the end of the output. */
  onFinish(): void;
  /** The socket is closed; `error` is the reason, if there is one. */
  onLost(error: Error | null): void;
}

/** Call `owner` when the socket is lost. The functions below subscribe it to other events. */
export function attach(socket: OwnedSocket, owner: SocketOwner): void {
  socket[ownerOf] = owner;
  socket.on("error", onError);
  socket.on("close", onClose);
}

/** Whether a connection owns the socket. */
export function isOwned(socket: OwnedSocket): boolean {
  return socket[ownerOf] !== undefined;
}

/** Keep errors of a socket without an owner from ending the process. */
export function ignoreErrors(socket: Duplex): void {
  socket.on("error", ignore);
}

/** Subscribe the owner to input, and let it flow. */
export function listenForInput(socket: OwnedSocket): void {
  socket.on("end", onEnd);
  socket.on("data", onData);
  socket.resume();
}

// These two are subscribed on demand: a listener takes 100 ns and some memory, and most connections
// never wait for room.

/** Subscribe the owner to room for more output. */
export function listenForDrain(socket: OwnedSocket): void {
  socket.on("drain", onDrain);
}

/** Subscribe the owner to the end of the output. */
export function listenForFinish(socket: OwnedSocket): void {
  socket.on("finish", onFinish);
}

/** Unsubscribe the owner. The 'error' listener stays: without one, an error ends the process. */
export function detach(socket: OwnedSocket): void {
  socket[ownerOf] = undefined;
  socket.off("data", onData);
  socket.off("end", onEnd);
  socket.off("drain", onDrain);
  socket.off("finish", onFinish);
  socket.off("close", onClose);
}

/** Destroy a socket, and tell its owner. */
export function destroy(socket: OwnedSocket): void {
  socket.destroy();
  tellIfClosed(socket);
}

// A Duplex with `emitClose: false` does not emit "close", also when it destroys itself after both ends.
// Every net.Socket emits it.
function tellIfClosed(socket: OwnedSocket): void {
  if (!("connecting" in socket)) setImmediate(() => socket.closed && onClose.call(socket));
}

/** Does nothing. */
export function ignore(): void {}

function onData(this: OwnedSocket, chunk: Buffer | string): void {
  try {
    this[ownerOf]?.onData(chunk);
  } catch (error) {
    // A stream in object mode produced something other than bytes.
    this.destroy(error as Error);
  }
}

function onEnd(this: OwnedSocket): void {
  this[ownerOf]?.onEnd();
  tellIfClosed(this);
}

function onDrain(this: OwnedSocket): void {
  this[ownerOf]?.onDrain();
}

function onFinish(this: OwnedSocket): void {
  this[ownerOf]?.onFinish();
  tellIfClosed(this);
}

function onError(this: OwnedSocket, error: Error): void {
  this[ownerOf]?.onLost(error);
  // Not every stream destroys itself after an error.
  this.destroy();
}

function onClose(this: OwnedSocket): void {
  this[ownerOf]?.onLost(this.errored);
}
