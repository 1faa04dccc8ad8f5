import type * as buffer from "node:buffer";
import type * as childProcess from "node:child_process";
import type * as fs from "node:fs";
import { createRequire } from "node:module";
import type * as net from "node:net";
import type * as os from "node:os";
import type * as path from "node:path";
import type * as stream from "node:stream";
import type * as url from "node:url";

// As they were when this package was loaded. Fake timers that a test installs later must not hold up
// a process.
export const setTimeout: typeof globalThis.setTimeout = globalThis.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout = globalThis.clearTimeout;
export const setImmediate: typeof globalThis.setImmediate = globalThis.setImmediate;
export const nextTick: typeof process.nextTick = process.nextTick.bind(process);

// Loaded at first use. An import of them is not only early: it asks each module for all of its
// exports, and so loads what those load lazily (promises and streams of files, block lists of
// addresses). Imported, they are three quarters of the time that importing this package takes.
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

// Builtin modules are found from anywhere, and this is a path on every system.
const require = createRequire(process.execPath);

const loaded: { [Name in keyof Builtins]?: Builtins[Name] } = {};

/** One of Node's own modules. */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  // require() takes 2.9 µs to find a module that is loaded (Node 24), this 10 ns.
  return (loaded[name] ??= require(`node:${name}`) as Builtins[Name]);
}
