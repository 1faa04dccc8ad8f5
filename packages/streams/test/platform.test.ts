import { inspect } from "node:util";
import { openConnection, startServer } from "@aio/streams";
import { expect, test } from "vitest";

test("A server, a reader and a writer are not wrapped by Vue, and a proxy of one shows its name", async () => {
  await using server = await startServer(() => {}, "127.0.0.1", 0);
  const { reader, writer } = await openConnection("127.0.0.1", server.addresses[0]!.port);
  for (const [name, object] of Object.entries({
    Server: server,
    StreamReader: reader,
    StreamWriter: writer,
  })) {
    expect(inspect(object)).toMatch(new RegExp(`^${name} <`));
    // Vue makes reactive what is shown as "[object Object]" or "[object Array]".
    expect(Object.prototype.toString.call(object)).toBe(`[object ${name}]`);
    expect(inspect(new Proxy(object, {}))).toBe(name);
  }
  writer.abort();
});
