// asyncio's "Get HTTP headers": `node http-headers.ts http://localhost:8080/path`. Without a URL it
// queries its own server.
import { openConnection, startServer } from "@aio/streams";

async function printHttpHeaders(url: URL): Promise<void> {
  const secure = url.protocol === "https:";
  const port = Number(url.port) || (secure ? 443 : 80);
  const { reader, writer } = await openConnection(url.hostname, port, { tls: secure });

  writer.write(`HEAD ${url.pathname || "/"} HTTP/1.0\r\nHost: ${url.hostname}\r\n\r\n`);

  for await (const line of reader.lines({ encoding: "latin1" })) {
    if (line === "") break;
    console.log(`HTTP header> ${line}`);
    // HTTP header> HTTP/1.0 200 OK
    // HTTP header> Content-Type: text/plain
  }

  // Ignore the body, close the socket.
  writer.close();
  await writer.waitClosed();
}

await using server = await startServer(
  async (reader, writer) => {
    await reader.readuntil("\r\n\r\n");
    writer.write("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello");
  },
  "127.0.0.1",
  0,
);
const own = `http://127.0.0.1:${server.addresses[0]!.port}/`;
await printHttpHeaders(new URL(process.argv[2] ?? own));
