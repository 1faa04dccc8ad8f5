import type { Duplex } from "node:stream";

// The listeners are the same functions for all sockets and find whom to tell under a symbol: five
// closures for each connection would be a fifth of its memory.
const ownerOf: unique symbol = Symbol("owner");

interface OwnedSocket extends Duplex {
  [ownerOf]?: SocketOwner | undefined;
}

/** Whom a socket's events are for. */
export interface SocketOwner {
  receive(chunk: Buffer | string): void;
  receiveEof(): void;
  /** There may be room for more to be sent. */
  relieve(): void;
  /** Everything has been handed to the system, the end of the output included. */
  finish(): void;
  /** The socket is gone; `error` is why, if there is a reason. */
  lose(error: Error | null): void;
}

/** Tell `owner` what happens to a socket, except for its input. */
export function own(socket: OwnedSocket, owner: SocketOwner): void {
  socket[ownerOf] = owner;
  socket.on("error", onError);
  socket.on("close", onClose);
  socket.on("drain", onDrain);
  socket.on("finish", onFinish);
}

/** Tell the owner of the input as well, and let it flow. */
export function ownInput(socket: OwnedSocket): void {
  socket.on("end", onEnd);
  socket.on("data", onData);
  socket.resume();
}

/** Tell nobody any more. The listener of 'error' stays, since one without a listener ends the program. */
export function disown(socket: OwnedSocket): void {
  socket[ownerOf] = undefined;
  socket.off("data", onData);
  socket.off("end", onEnd);
  socket.off("drain", onDrain);
  socket.off("finish", onFinish);
  socket.off("close", onClose);
}

function onData(this: OwnedSocket, chunk: Buffer | string): void {
  try {
    this[ownerOf]?.receive(chunk);
  } catch (error) {
    // A stream in object mode gave what is no bytes.
    this.destroy(error as Error);
  }
}

function onEnd(this: OwnedSocket): void {
  this[ownerOf]?.receiveEof();
}

function onDrain(this: OwnedSocket): void {
  this[ownerOf]?.relieve();
}

function onFinish(this: OwnedSocket): void {
  this[ownerOf]?.finish();
}

function onError(this: OwnedSocket, error: Error): void {
  this[ownerOf]?.lose(error);
  // Not every stream destroys itself.
  this.destroy();
}

function onClose(this: OwnedSocket): void {
  this[ownerOf]?.lose(this.errored);
}
