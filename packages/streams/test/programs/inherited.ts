// Started with a listening socket as descriptor 3: serves its clients, or prints why it cannot.
import { type StreamReader, type StreamWriter, startServer, startUnixServer } from "@aio/streams";

async function echo(reader: StreamReader, writer: StreamWriter): Promise<void> {
  for await (const line of reader) writer.write(line);
}

try {
  const start = process.argv[2] === "unix" ? startUnixServer : startServer;
  const server = await start(echo, { fd: 3 });
  console.log(`serving ${JSON.stringify(server.addresses)}`);
  process.stdin.resume().on("end", () => {
    server.close();
    server.abortClients();
  });
} catch (error) {
  console.log((error as Error).message);
}
