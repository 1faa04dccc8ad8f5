import { type StreamReader, type StreamWriter, startServer } from "@aio/streams";

type Serve = (reader: StreamReader, writer: StreamWriter) => Promise<void>;

export async function start(serve: Serve): Promise<number> {
  const server = await startServer(serve, "127.0.0.1", 0, { backlog: 4096 });
  return server.addresses[0]?.port ?? 0;
}

const echo: Serve = async (reader, writer) => {
  for (;;) {
    const chunk = await reader.read(65_536);
    if (chunk.length === 0) return writer.close();
    writer.write(chunk);
    await writer.drain();
  }
};

const writers = new Set<StreamWriter>();

const cast: Serve = async (reader, writer) => {
  writers.add(writer);
  for (;;) {
    const chunk = await reader.read(65_536);
    if (chunk.length === 0) break;
    for (const each of writers) each.write(chunk);
  }
  writers.delete(writer);
  writer.close();
};

/** Answers with the number of pieces that arrived. */
function counted(count: (reader: StreamReader) => Promise<number>): Serve {
  return async (reader, writer) => {
    writer.write(`${await count(reader)}\n`);
    writer.close();
  };
}

const bulk = counted(async (reader) => {
  let bytes = 0;
  for (;;) {
    const { length } = await reader.read(65_536);
    if (length === 0) return bytes / 4096;
    bytes += length;
  }
});

const bulkInto = counted(async (reader) => {
  const target = Buffer.alloc(65_536);
  let bytes = 0;
  for (;;) {
    const length = await reader.readinto(target);
    if (length === 0) return bytes / 4096;
    bytes += length;
  }
});

const lines = counted(async (reader) => {
  let count = 0;
  for await (const line of reader) count += line.length === 80 ? 1 : 0;
  return count;
});

const linesAsText = counted(async (reader) => {
  let count = 0;
  for await (const line of reader.lines()) count += line.length === 79 ? 1 : 0;
  return count;
});

const linesByReadline = counted(async (reader) => {
  let count = 0;
  while ((await reader.readline()).length > 0) count += 1;
  return count;
});

const linesNowait = counted(async (reader) => {
  let count = 0;
  for (;;) {
    const line = reader.readlineNowait() ?? (await reader.readline());
    if (line.length === 0) return count;
    count += 1;
  }
});

const replies: Serve = async (reader, writer) => {
  for await (const line of reader) {
    if (line.length !== 10) throw new Error("The request is incomplete");
    writer.write("a reply\n");
    if (writer.needsDrain) await writer.drain();
  }
  writer.close();
};

const repliesDraining: Serve = async (reader, writer) => {
  for await (const line of reader) {
    if (line.length !== 10) throw new Error("The request is incomplete");
    writer.write("a reply\n");
    await writer.drain();
  }
  writer.close();
};

const frames = counted(async (reader) => {
  let count = 0;
  try {
    for (;;) {
      const header = await reader.readexactly(4);
      const body = await reader.readexactly(header.readUInt32BE());
      if (body.length === 100) count += 1;
    }
  } catch {
    return count;
  }
});

const framesNowait = counted(async (reader) => {
  let count = 0;
  try {
    for (;;) {
      const header = reader.readexactlyNowait(4) ?? (await reader.readexactly(4));
      const size = header.readUInt32BE();
      const body = reader.readexactlyNowait(size) ?? (await reader.readexactly(size));
      if (body.length === 100) count += 1;
    }
  } catch {
    return count;
  }
});

export const behaviors = {
  echo,
  cast,
  bulk,
  bulkInto,
  lines,
  linesAsText,
  linesByReadline,
  linesNowait,
  replies,
  repliesDraining,
  frames,
  framesNowait,
};
