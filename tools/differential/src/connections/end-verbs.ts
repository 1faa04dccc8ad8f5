import type { Socket } from "node:net";
import { CancelledError, RuntimeError } from "@aio/errors";
import { openConnection, openUnixConnection } from "@aio/streams";
import { settled } from "../scenarios/calls.ts";
import { bytesFor } from "../scenarios/data.ts";
import { readingVerbs } from "../scenarios/reading-verbs.ts";
import type { Verbs } from "../scenarios/verbs.ts";
import { clientTls, serverTls } from "./tls.ts";
import type { World } from "./world.ts";

const block = Buffer.alloc(65_536, "x");

/** The verbs of connection ends. python/scenarios/ends.py is the counterpart. */
export const endVerbs: Verbs<World> = {
  connect: async ({ world, name, options, signal }) => {
    const { over, port = 0 } = world.setting;
    const { limit = 65_536, trust, host = "localhost", tls = "yes" } = options;
    const settings = {
      limit: limit as number,
      signal,
      ...(over === "tls" &&
        tls === "yes" && {
          tls: clientTls(world.setting, trust),
          serverHostname: String(host),
        }),
    };
    const connection =
      over === "unix"
        ? await openUnixConnection(world.path(options["path"]), settings)
        : await openConnection("127.0.0.1", port, settings);
    world.ends.set(name, { reader: connection.reader, writer: connection.writer });
  },
  accept: async ({ world, name }) => {
    world.ends.set(name, await world.nextArrival());
  },
  finish: async ({ world, name }) => {
    world.end(name).finish?.();
    await settled();
  },
  fail: async ({ world, name }) => {
    world.end(name).fail?.(new RuntimeError("handler"));
    await settled();
  },
  giveup: async ({ world, name }) => {
    world.end(name).fail?.(new CancelledError());
    await settled();
  },

  ...readingVerbs,
  drainall: async ({ world, name, signal }) => {
    const bytes = await world.end(name).reader.read(-1, { signal });
    return bytes.equals(Buffer.alloc(world.setting.filled ?? 0, "x"));
  },

  write: ({ world, name, args }) => {
    for (const chunk of args) world.end(name).writer.write(bytesFor(chunk));
  },
  writelines: ({ world, name, args }) => world.end(name).writer.writelines(args.map(bytesFor)),
  writetext: ({ world, name }) => world.end(name).writer.write(1 as never),
  fill: async ({ world, name }) => {
    const { writer } = world.end(name);
    let count = 0;
    const write = (): void => {
      writer.write(block);
      count += block.length;
    };
    while (!writer.needsDrain) {
      write();
      await settled();
    }
    // More than the system can take.
    for (let times = 0; times < 64; times++) write();
    world.told["filled"] = (world.setting.filled ?? 0) + count;
  },
  drain: ({ world, name, signal }) => world.end(name).writer.drain({ signal }),
  flood: async ({ world, name, signal }) => {
    const { writer } = world.end(name);
    for (;;) {
      writer.write(block);
      await writer.drain({ signal });
    }
  },
  eof: ({ world, name }) => world.end(name).writer.writeEof(),
  caneof: ({ world, name }) => world.end(name).writer.canWriteEof(),

  close: ({ world, name }) => world.end(name).writer.close(),
  abort: ({ world, name }) => world.end(name).writer.abort(),
  reset: ({ world, name }) => {
    (world.end(name).writer.socket as Socket).resetAndDestroy();
  },
  closed: ({ world, name, signal }) => world.end(name).writer.waitClosed({ signal }),
  isclosing: ({ world, name }) => world.end(name).writer.isClosing(),
  hasinfo: ({ world, name, args: [key] }) =>
    world.end(name).writer.getExtraInfo(String(key)) !== undefined,
  starttls: ({ world, name, options: { trust, host = "localhost" }, signal }) => {
    const { writer } = world.end(name);
    if (name.startsWith("peer")) return writer.startTls(serverTls(world.setting), { signal });
    const tls = clientTls(world.setting, trust);
    return writer.startTls(tls, { serverHostname: String(host), signal });
  },
};
