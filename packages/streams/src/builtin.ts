import type * as crypto from "node:crypto";
import type * as dns from "node:dns";
import type * as fs from "node:fs";
import { createRequire } from "node:module";
import type * as tls from "node:tls";

// Loaded when they are first used: together they are 1 MB of heap and nine tenths of the time that it
// takes to import this package. The heap costs more than its size: each 64 MB that sockets receive
// make V8 mark all of it.
interface Builtins {
  readonly crypto: typeof crypto;
  readonly dns: typeof dns;
  readonly fs: typeof fs;
  readonly tls: typeof tls;
}

// What is built in is found from anywhere; this is a path on every system.
const require = createRequire(process.execPath);

/** One of Node's modules that most programs can do without. */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  return require(`node:${name}`) as Builtins[Name];
}
