// Kept byte for byte in @aio/streams and @aio/subprocess, which may share only @aio/errors.
import { invalidArgumentType, outOfRange } from "@aio/errors";

export function checkInteger(size: number): void {
  if (Number.isInteger(size)) return;
  if (typeof size !== "number") throw invalidArgumentType("size", "an integer", size);
  throw outOfRange("size", "an integer", size);
}

export function checkSize(size: number): void {
  checkInteger(size);
  if (size < 0) throw outOfRange("size", "0 or more bytes", size);
}

export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit <= 0) {
    throw outOfRange("limit", "a positive integer", limit);
  }
}

/** The bytes that `data` stands for, in the same memory if they lie in memory. */
export function bytesOf(data: string | NodeJS.ArrayBufferView, name = "data"): Buffer {
  if (Buffer.isBuffer(data)) return data;
  if (typeof data === "string") return Buffer.from(data);
  if (!ArrayBuffer.isView(data)) throw invalidArgumentType(name, "a string or a view", data);
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
