import * as streams from "@aio/streams";
import * as subprocess from "@aio/subprocess";
import { describe, expect, expectTypeOf, test } from "vitest";

// Written for the types of one package, called with those of the other.
async function pump(reader: streams.StreamReader, writer: streams.StreamWriter): Promise<void> {
  for (let chunk = await reader.read(65_536); chunk.length > 0; chunk = await reader.read(65_536)) {
    writer.write(chunk);
    if (writer.needsDrain) await writer.drain();
  }
  writer.writeEof();
}
const relay: (reader: subprocess.StreamReader, writer: subprocess.StreamWriter) => Promise<void> =
  pump;

describe("the readers and writers of @aio/streams and @aio/subprocess", () => {
  test("are assignable to each other", () => {
    expectTypeOf<streams.StreamReader>().toExtend<subprocess.StreamReader>();
    expectTypeOf<subprocess.StreamReader>().toExtend<streams.StreamReader>();
    expectTypeOf<streams.StreamWriter>().toExtend<subprocess.StreamWriter>();
    expectTypeOf<subprocess.StreamWriter>().toExtend<streams.StreamWriter>();
  });

  test("relay a socket through a process and back, end of input included", async () => {
    await using server = await streams.startServer(
      async (reader, writer) => {
        const { PIPE } = subprocess;
        await using shout = await subprocess.createSubprocessExec("tr", ["a-z", "A-Z"], {
          stdin: PIPE,
          stdout: PIPE,
        });
        await Promise.all([pump(reader, shout.stdin), relay(shout.stdout, writer)]);
      },
      "127.0.0.1",
      0,
    );
    const [listening] = server.addresses;
    const { reader, writer } = await streams.openConnection("127.0.0.1", listening?.port ?? 0);
    const spoken = "every word of it\n".repeat(100_000);
    const heard = reader.read();
    writer.write(spoken);
    writer.writeEof();
    expect(String(await heard)).toBe(spoken.toUpperCase());
    writer.close();
    await writer.waitClosed();
  });
});
