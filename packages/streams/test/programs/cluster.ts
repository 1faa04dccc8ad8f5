// Two workers of a cluster serve on one port and one path; then one of them exits, and the other disconnects.
import cluster from "node:cluster";
import { once } from "node:events";
import {
  type StreamWriter,
  openConnection,
  openUnixConnection,
  startServer,
  startUnixServer,
} from "@aio/streams";

const path = process.argv[2]!;

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()] as const;
  const ports = await Promise.all(
    workers.map(async (worker) => (await once(worker, "message"))[0] as number),
  );
  console.log(`one port: ${ports[0] === ports[1]}`);
  const ask = async (): Promise<string[]> => {
    const seen = new Set<string>();
    for (let i = 0; i < 8; i++) {
      const { reader, writer } =
        i % 2 === 0 ? await openConnection("127.0.0.1", ports[0]!) : await openUnixConnection(path);
      seen.add(`${i % 2 === 0 ? "tcp" : "unix"} ${String(await reader.read())}`);
      writer.close();
    }
    return [...seen].toSorted();
  };
  console.log(`both: ${(await ask()).join(", ")}`);
  workers[0].send("leave");
  await once(workers[0], "exit");
  console.log(`one: ${(await ask()).join(", ")}`);
  workers[1].send("disconnect");
  await once(workers[1], "exit");
  console.log("done");
} else {
  const greet = async (_: unknown, writer: StreamWriter): Promise<void> =>
    writer.write(`${cluster.worker?.id}`);
  const tcp = await startServer(greet, "127.0.0.1", 0);
  const unix = await startUnixServer(greet, path);
  process.send?.(tcp.addresses[0]?.port);
  const closed = Promise.all([tcp.serveForever(), unix.serveForever(), unix.waitClosed()]);
  const [word] = (await once(process, "message")) as [string];
  if (word === "disconnect") {
    cluster.worker?.disconnect();
  } else {
    tcp.close();
    unix.close();
    process.disconnect();
  }
  await closed;
}
