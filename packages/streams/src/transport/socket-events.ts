import type { Duplex } from "node:stream";

// The listeners are the same functions for all sockets and find whom to tell under a symbol, so that
// ten thousand idle connections do not hold sixty thousand closures.
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

/** Tell `owner` about the end of a socket, and what else it asks for below. */
export function own(socket: OwnedSocket, owner: SocketOwner): void {
  socket[ownerOf] = owner;
  socket.on("error", onError);
  socket.on("close", onClose);
}

/** Tell the owner of the input as well, and let it flow. */
export function ownInput(socket: OwnedSocket): void {
  socket.on("end", onEnd);
  socket.on("data", onData);
  socket.resume();
}

// The next two are asked for when they matter: a listener takes 100 ns and some memory, and most
// connections never wait for room.

/** Tell the owner when there may be room for more. */
export function tellOfRoom(socket: OwnedSocket): void {
  socket.on("drain", onDrain);
}

/** Tell the owner when everything has been sent. */
export function tellOfFinish(socket: OwnedSocket): void {
  socket.on("finish", onFinish);
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
