// asyncio's "TCP echo client using streams". The server at the end makes it run by itself.
import { openConnection, startServer } from "@aio/streams";

async function tcpEchoClient(message: string, port: number): Promise<void> {
  const [reader, writer] = await openConnection("127.0.0.1", port);

  console.log(`Send: '${message}'`); // Send: 'Hello World!'
  writer.write(message);
  await writer.drain();

  const data = String(await reader.read(100));
  console.log(`Received: '${data}'`); // Received: 'Hello World!'

  console.log("Close the connection"); // Close the connection
  writer.close();
  await writer.waitClosed();
}

await using server = await startServer(
  async (reader, writer) => writer.write(await reader.read(100)),
  "127.0.0.1",
  0,
);
await tcpEchoClient("Hello World!", server.addresses[0]!.port);
