// A server that stops on Ctrl-C: it refuses new clients, but still answers connected ones.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { openConnection, startServer } from "@aio/streams";

const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

await using server = await startServer(
  async (reader, writer) => {
    for await (const name of reader.lines()) {
      await sleep(20); // some work
      writer.write(`Hello, ${name}\n`);
      await writer.drain();
    }
  },
  "127.0.0.1",
  0,
);

// Stands in for a real client and Ctrl-C: stops the server before it has answered.
const client = await openConnection("127.0.0.1", server.addresses[0]!.port);
client.writer.write("world\n");
client.writer.writeEof();
setTimeout(() => stop.abort(), 10);

if (!stop.signal.aborted) await once(stop.signal, "abort");
server.close();
console.log(`serving: ${server.isServing()}`); // serving: false
console.log(`the client got: ${(await client.reader.readline()).toString().trim()}`); // the client got: Hello, world
client.writer.close();
await server.waitClosed();
console.log(`connections: ${server.connections}`); // connections: 0
