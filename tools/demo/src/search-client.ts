import { TimeoutError } from "@aio/errors";
import { type Connection, type StreamReader } from "@aio/streams";
import type { Barrier } from "@aio/sync";

/** A client and its requests. */
export interface Client {
  readonly name: string;
  readonly connect: () => Promise<Connection>;
  readonly patterns: readonly string[];
  /** Hang up in the middle of an answer, after this many lines. */
  readonly hangUpAfter?: number;
  /** How many milliseconds to wait for an answer. */
  readonly patience?: number;
}

type Ending = "answered" | "hung up" | "timed out";

/** What a client received. */
export interface Outcome {
  readonly client: Client;
  readonly ended: Ending;
  readonly matches: readonly number[];
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Connect, wait until all clients have connected, then request one pattern after another. */
export async function runClient(client: Client, start: Barrier): Promise<Outcome> {
  await using connection = await client.connect();
  const { reader, writer } = connection;
  await start.wait();

  const began = performance.now();
  const matches: number[] = [];
  let bytes = 0;
  let ended: Ending = "answered";
  for (const pattern of client.patterns) {
    writer.write(`${pattern}\n`);
    const answer = await readAnswer(reader, client);
    matches.push(answer.matches);
    bytes += answer.bytes;
    ended = answer.ended;
  }
  if (ended !== "answered") writer.abort();
  return { client, ended, matches, bytes, milliseconds: performance.now() - began };
}

async function readAnswer(
  reader: StreamReader,
  { hangUpAfter = Infinity, patience }: Client,
): Promise<{ ended: Ending; matches: number; bytes: number }> {
  const signal = patience === undefined ? undefined : AbortSignal.timeout(patience);
  let matches = 0;
  let bytes = 0;
  try {
    while (matches < hangUpAfter) {
      const line = await reader.readline({ signal });
      // grep starts each match with "./"; any other line is the count.
      if (line[0] !== 0x2e) return { ended: "answered", matches, bytes };
      matches += 1;
      bytes += line.length;
    }
    return { ended: "hung up", matches, bytes };
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    return { ended: "timed out", matches, bytes };
  }
}
