import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { nanosecondsEach } from "./measure.ts";

// A client as a program: `streams-client.ts LOAD MODULE TASK`, in Node, Bun or Deno, with the protocol of
// contender-process.ts. The server is load/load.c, so that only the client's work is measured.
const [, , load = "", module = "", task = ""] = process.argv;

/** The exports of a module. */
export interface Client {
  /** Connects `times` times, 16 at once, and exchanges 64 bytes; the server closes. */
  readonly connect: (port: number, times: number) => Promise<void>;
  /** Exchanges 64 bytes `times` times on each of 100 connections. */
  readonly echo: (port: number, times: number) => Promise<void>;
}

const client = (await import(module)) as Client;
const server = spawn(load, ["serve", "0", task === "connect" ? "close" : "echo"], {
  stdio: ["pipe", "pipe", "inherit"],
});
const { value } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();
const port = Number(value);

const times = task === "connect" ? 400 : 50;
const round =
  task === "connect" ? () => client.connect(port, times) : () => client.echo(port, times);
const pieces = task === "connect" ? times : 100 * times;
for await (const _ of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await nanosecondsEach(pieces, round)}\n`);
}
server.stdin.end();
process.exit();
