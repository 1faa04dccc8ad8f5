// The first worker of a cluster is busy, so its clients queue in the primary. The second one starts
// to serve, and receives the primary's answer together with the first of these clients.
import cluster from "node:cluster";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import * as net from "node:net";
import { json } from "node:stream/consumers";
import { isDeepStrictEqual } from "node:util";
import { type StreamReader, type StreamWriter, startServer, startUnixServer } from "@aio/streams";
import { turn, until } from "../waiting.ts";

const [, , kind, path = ""] = process.argv;

if (cluster.isPrimary) {
  const [busy, late] = [cluster.fork(), cluster.fork()] as const;
  const tell = async (worker: typeof busy, word: string): Promise<unknown> => {
    worker.send(word);
    return (await once(worker, "message"))[0];
  };
  await Promise.all([once(busy, "online"), once(late, "online")]);
  const port = (await tell(busy, "serve")) as number;
  await tell(busy, "block");
  const sockname = kind === "unix" ? { path } : { address: "127.0.0.1", port, family: 4 };
  const clients = Array.from({ length: 4 }, () =>
    kind === "unix" ? net.connect(path) : net.connect(port, "127.0.0.1"),
  );
  await Promise.all(clients.map((client) => once(client, "connect")));
  await turn();
  await tell(late, "serve and block");
  let answered = 0;
  const answers = clients.map(async (client) => {
    const { localPort } = client;
    const peername =
      kind === "unix" ? { path: "" } : { address: "127.0.0.1", port: localPort, family: 4 };
    const { id, ...addresses } = (await json(client)) as { id: number };
    answered++;
    return `${id} ${isDeepStrictEqual(addresses, { peername, sockname })}`;
  });
  writeFileSync(`${path}.${late.id}`, "");
  await until(() => answered === clients.length - 1);
  writeFileSync(`${path}.${busy.id}`, "");
  console.log((await Promise.all(answers)).toSorted().join(", "));
  cluster.disconnect();
} else {
  const id = cluster.worker?.id;
  const handler = async (_: StreamReader, writer: StreamWriter): Promise<void> => {
    const peername = writer.getExtraInfo("peername");
    writer.write(JSON.stringify({ id, peername, sockname: writer.getExtraInfo("sockname") }));
  };
  const serve = () =>
    kind === "unix" ? startUnixServer(handler, path) : startServer(handler, "127.0.0.1", 0);
  const block = (): void => {
    process.send?.("blocked");
    const { ppid } = process;
    // Until the file appears, or the primary has failed.
    const nothing = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync(`${path}.${id}`) && process.ppid === ppid) Atomics.wait(nothing, 0, 0, 5);
  };
  const [word] = await once(process, "message");
  const serving = serve();
  // The request is sent, and its answer is not read before the end of the turn.
  if (word === "serve and block") setImmediate(block);
  const server = await serving;
  process.send?.(server.addresses[0]?.port ?? 0);
  process.once("message", block);
}
