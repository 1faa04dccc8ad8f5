import { existsSync, unlinkSync, writeFileSync } from "node:fs";
import { RuntimeError } from "@aio/errors";
import {
  type ServerErrorInfo,
  type ServerOptions,
  type StreamReader,
  type StreamWriter,
  startServer,
  startUnixServer,
} from "@aio/streams";
import { failure } from "../scenarios/failure.ts";
import type { Verbs } from "../scenarios/verbs.ts";
import { serverTls } from "./tls.ts";
import type { World } from "./world.ts";

/** The verbs of servers. python/scenarios/servers.py is the counterpart. */
export const serverVerbs: Verbs<World> = {
  start: async ({ world, name, options }) => {
    const { over } = world.setting;
    const { limit = 65_536, serving = "yes", tls = "yes", handler = "held", at } = options;
    const settings: ServerOptions = {
      limit: limit as number,
      onError: (error: unknown, { kind }: ServerErrorInfo) => {
        if (kind === "handler") world.reports.push(String(failure(error)[0]));
      },
      ...(serving !== "yes" && { startServing: false }),
      ...(over === "tls" && tls === "yes" && { tls: serverTls(world.setting) }),
      ...(tls === "true" && { tls: true as never }),
    };
    const callback = (reader: StreamReader, writer: StreamWriter): void | Promise<void> => {
      if (handler === "held") return held(world, reader, writer);
      world.arrived({ reader, writer });
      if (handler === "raises") throw new RuntimeError("handler");
    };
    if (over === "unix") {
      const unix = { ...settings, cleanupSocket: options["cleanup"] !== "no" };
      world.servers.set(name, await startUnixServer(callback, world.path(at), unix));
      return;
    }
    const port = at === "same" ? (world.setting.port ?? 0) : 0;
    const server = await startServer(callback, "127.0.0.1", port, settings);
    world.told["port"] = server.addresses[0]?.port;
    world.servers.set(name, server);
  },
  close: ({ world, name }) => world.server(name).close(),
  closed: ({ world, name, signal }) => world.server(name).waitClosed({ signal }),
  closeclients: ({ world, name }) => world.server(name).closeClients(),
  abortclients: ({ world, name }) => world.server(name).abortClients(),
  isserving: ({ world, name }) => world.server(name).isServing(),
  sockets: ({ world, name }) => world.server(name).addresses.length,
  startserving: ({ world, name }) => world.server(name).startServing(),
  serve: ({ world, name, signal }) => world.server(name).serveForever({ signal }),
  hasfile: ({ world }) => existsSync(world.setting.path),
  removefile: ({ world }) => unlinkSync(world.setting.path),
  makefile: ({ world }) => writeFileSync(world.setting.path, "", { flag: "wx" }),
  reported: ({ world }) => world.reports,
};

/** A handler that returns when the scenario asks it to. */
async function held(world: World, reader: StreamReader, writer: StreamWriter): Promise<void> {
  world.handlers += 1;
  try {
    await new Promise<void>((finish, fail) => world.arrived({ reader, writer, finish, fail }));
  } finally {
    world.handlers -= 1;
  }
}
