import type * as cluster from "node:cluster";
import type * as crypto from "node:crypto";
import type * as dns from "node:dns";
import type * as fs from "node:fs";
import { createRequire } from "node:module";
import type * as tls from "node:tls";
import type * as url from "node:url";

// Captured when this package loads, so that fake timers, which tests install later, do not stop real
// sockets.
// Node's own timers, not the globals: Jest gives tests other globals, even without setImmediate.
// process.getBuiltinModule() exists since Node 20.16.
type Timers = Pick<typeof globalThis, "clearTimeout" | "setImmediate" | "setTimeout">;
const timers: Timers = process.getBuiltinModule?.("node:timers") ?? globalThis;
export const setTimeout: typeof globalThis.setTimeout = timers.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout = timers.clearTimeout;
export const setImmediate: typeof globalThis.setImmediate = timers.setImmediate;
const ofNode = process.getBuiltinModule?.("node:process") ?? process;
export const nextTick: typeof process.nextTick = ofNode.nextTick.bind(ofNode);

// Loaded at first use: together they take 1 MB of heap and 90 % of the time to import this package.
// The heap also costs time: V8 marks all of it for each 64 MB that sockets receive.
interface Builtins {
  readonly cluster: typeof cluster.default;
  readonly crypto: typeof crypto;
  readonly dns: typeof dns;
  readonly fs: typeof fs;
  readonly tls: typeof tls;
  readonly url: typeof url;
}

/** A built-in module that most programs do not use, loaded on demand. */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  const id = `node:${name}`;
  // createRequire() needs an absolute path; for built-in modules, any path works.
  const found: unknown = process.getBuiltinModule?.(id) ?? createRequire(process.execPath)(id);
  return found as Builtins[Name];
}

/** The error for an option that this version of Node cannot support. */
export function unavailable(option: string, needed: string): Error {
  const error = new Error(
    `Cannot use ${option} on Node ${process.versions.node}: it needs ${needed}`,
  );
  return Object.assign(error, { code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM" });
}

/**
 * Throw if Node's permission model forbids network access: `net.Server.listen()` itself throws in a
 * later tick, where no caller can catch it. Node versions without `--allow-net` allow the network.
 */
export function checkNetworkAllowed(): void {
  const { permission } = process as { permission?: { has(scope: string): boolean } };
  if (permission === undefined || permission.has("net")) return;
  if (!process.allowedNodeEnvironmentFlags.has("--allow-net")) return;
  const error = new Error("Cannot listen: access to the network is restricted; use --allow-net");
  throw Object.assign(error, { code: "ERR_ACCESS_DENIED", permission: "Net" });
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
