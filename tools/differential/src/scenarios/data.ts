import type { Argument } from "./language.ts";

/** The bytes that an argument denotes. */
export function bytesFor(argument: Argument): Buffer {
  const [text, times] = Array.isArray(argument) ? argument : [argument, 1];
  return Buffer.from(String(text).repeat(times), "latin1");
}
