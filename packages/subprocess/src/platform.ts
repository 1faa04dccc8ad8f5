import type * as buffer from "node:buffer";
import type * as childProcess from "node:child_process";
import type * as fs from "node:fs";
import { createRequire } from "node:module";
import type * as net from "node:net";
import type * as os from "node:os";
import type * as path from "node:path";
import type * as stream from "node:stream";
import type * as url from "node:url";

// Captured when this package loads, so that fake timers, which tests install later, do not delay a
// process.
// Node's own timers, not the globals: Jest gives tests other globals, even without setImmediate.
// process.getBuiltinModule() exists since Node 20.16.
type Timers = Pick<typeof globalThis, "clearTimeout" | "setImmediate" | "setTimeout">;
const timers: Timers = process.getBuiltinModule?.("node:timers") ?? globalThis;
export const setTimeout: typeof globalThis.setTimeout = timers.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout = timers.clearTimeout;
export const setImmediate: typeof globalThis.setImmediate = timers.setImmediate;
const ofNode = process.getBuiltinModule?.("node:process") ?? process;
export const nextTick: typeof process.nextTick = ofNode.nextTick.bind(ofNode);

// Loaded at first use: importing these would take three quarters of this package's import time. An
// import reads every export of a module, which loads even the parts that Node loads lazily, such as
// fs.promises, fs.ReadStream and net.BlockList.
interface Builtins {
  readonly buffer: typeof buffer;
  readonly child_process: typeof childProcess;
  readonly fs: typeof fs;
  readonly net: typeof net;
  readonly os: typeof os;
  readonly path: typeof path;
  readonly stream: typeof stream;
  readonly url: typeof url;
}

// createRequire() needs an absolute path; for built-in modules, any path works.
const require = createRequire(process.execPath);

const loaded: { [Name in keyof Builtins]?: Builtins[Name] } = {};

/** One of Node's own modules. */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  // For a module that is already loaded, require() takes 2.9 µs (Node 24), and this 10 ns.
  return (loaded[name] ??= require(`node:${name}`) as Builtins[Name]);
}

/**
 * Make console.log() and util.inspect() show an object's state. Node's hook is a global symbol, so this
 * does not load node:util.
 *
 * `Symbol.toStringTag` keeps Vue from wrapping the object in a reactive proxy, which cannot access `#`
 * fields. Another proxy is shown by its name.
 */
export function inspectAs<T>(
  type: { readonly prototype: T },
  name: string,
  show: (self: T) => string,
): void {
  const value = function (this: T): string {
    try {
      return show(this);
    } catch {
      return name;
    }
  };
  Object.defineProperties(type.prototype, {
    [Symbol.for("nodejs.util.inspect.custom")]: { value },
    [Symbol.toStringTag]: { value: name },
  });
}
