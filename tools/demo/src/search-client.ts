import { TimeoutError } from "@aio/errors";
import { type Connection, type StreamReader } from "@aio/streams";
import type { Barrier } from "@aio/sync";

/** A client and what it asks for. */
export interface Client {
  readonly name: string;
  readonly connect: () => Promise<Connection>;
  readonly patterns: readonly string[];
  /** Hang up in the middle of the answer, after so many lines. */
  readonly hangUpAfter?: number;
  /** Wait so many milliseconds for an answer, and no longer. */
  readonly patience?: number;
}

type Ending = "answered" | "hung up" | "timed out";

/** What a client got. */
export interface Outcome {
  readonly client: Client;
  readonly ended: Ending;
  readonly matches: readonly number[];
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Connect, wait until all clients have, then ask for one pattern after another. */
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
      // grep begins each match with the path below its directory, "./": anything else is the count.
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
