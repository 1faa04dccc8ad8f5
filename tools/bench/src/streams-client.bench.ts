import { pythonCommand, uvloopCommand } from "./python.ts";
import { onRuntime } from "./runtimes.ts";
import { type Command, type Contender, scenario } from "./scenario.ts";
import { loadClient } from "./streams-load.ts";

const path = (name: string): string => new URL(name, import.meta.url).pathname;

function client(
  task: string,
  module: string,
  start: () => readonly string[] | undefined = () => [process.execPath, "--expose-gc"],
): Command {
  return {
    // A getter, so that only the process that starts the contenders looks for runtimes.
    get command() {
      const [runtime, load] = [start(), loadClient()];
      if (runtime === undefined || load === undefined) return undefined;
      return [
        ...runtime,
        path("streams-client.ts"),
        load,
        path(`streams-client-${module}.ts`),
        task,
      ];
    },
  };
}

const clients = (task: "connect" | "echo"): Record<string, Contender> => ({
  "node:net": client(task, "net"),
  "CPython asyncio": pythonCommand("streams_client.py", "asyncio", loadClient() ?? "", task),
  uvloop: uvloopCommand("streams_client.py", "uvloop", loadClient() ?? "", task),
  "@aio/streams": client(task, "aio"),
  "promise-socket": client(task, "peers"),
  "Bun's node:net": client(task, "net", () => onRuntime("Bun")),
  "Deno's node:net": client(task, "net", () => onRuntime("Deno")),
});

export const clientConnects = scenario({
  title: "Client: connect, exchange 64 bytes, close",
  unit: "ns of processor per connection",
  subject: "@aio/streams",
  contenders: clients("connect"),
  note: "16 connections at a time.",
});

export const clientEchoes = scenario({
  title: "Client: exchange 64 bytes on 100 connections at once",
  unit: "ns of processor per exchange",
  subject: "@aio/streams",
  contenders: clients("echo"),
});
