// A search server and its clients, which use all four packages as built, by name.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openConnection, openUnixConnection } from "@aio/streams";
import { PIPE, createSubprocessShell } from "@aio/subprocess";
import { Barrier } from "@aio/sync";
import { Progress, table } from "./report.ts";
import { type Client, type Outcome, runClient } from "./search-client.ts";
import { type Search, SearchServer, grepArguments, longestLine } from "./search-server.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const atOnce = 3;
const limit = longestLine;

const directory = await mkdtemp(join(tmpdir(), "aio-"));
const server = new SearchServer(root, atOnce);
let outcomes: readonly Outcome[] = [];
try {
  const path = join(directory, "search.sock");
  await using tcp = await server.listen();
  await using unix = await server.listenUnix(path);
  const { port } = tcp.addresses[0] as { port: number };
  console.log(`Searching ${root}: at most ${atOnce} greps at once, over TCP and a Unix socket`);

  const overTcp = () => openConnection("127.0.0.1", port, { limit });
  const overUnix = () => openUnixConnection(path, { limit });
  const clients: Client[] = [
    { name: "over TCP", connect: overTcp, patterns: ["asyncio", "export class"] },
    { name: "over Unix", connect: overUnix, patterns: ["AbortSignal", "import"] },
    { name: "finds nothing", connect: overTcp, patterns: ["zq[x]zq"] },
    { name: "wants it all", connect: overUnix, patterns: ["^", "the"] },
    { name: "hangs up early", connect: overUnix, patterns: ["^"], hangUpAfter: 5 },
    { name: "is impatient", connect: overTcp, patterns: [hopeless()], patience: 400 },
  ];
  const start = new Barrier(clients.length);
  const progress = new Progress(clients.length);
  outcomes = await Promise.all(
    clients.map(async (client) => {
      const outcome = await runClient(client, start);
      progress.advance();
      return outcome;
    }),
  );
  progress.end();
} finally {
  await server.idle.wait();
  await rm(directory, { recursive: true });
}

console.log(
  table(
    ["client", "matches", "bytes", "ms", "ended"],
    outcomes.map(({ client, matches, bytes, milliseconds, ended }) => [
      client.name,
      matches.join(" + "),
      bytes.toLocaleString("en"),
      milliseconds.toFixed(0),
      ended,
    ]),
  ),
);

const cancelled = server.searches.filter(({ returncode }) => returncode !== null && returncode < 0);
console.log(
  `${server.searches.length} greps ran, at most ${server.mostAtOnce} at once; ${cancelled.length} were cancelled`,
);

const failures: string[] = [];
const expect = (what: string, fact: boolean): void => void (fact || failures.push(what));
for (const { client, ended, matches } of outcomes) {
  const wanted = client.hangUpAfter ? "hung up" : client.patience ? "timed out" : "answered";
  expect(`${client.name} ${wanted}`, ended === wanted);
  if (wanted !== "answered") continue;
  const counts = await Promise.all(client.patterns.map(count));
  expect(`${client.name} got every match`, matches.join() === counts.join());
}
expect("the semaphore limited the greps", server.mostAtOnce <= atOnce);
expect(
  "a client that hung up cancelled its grep",
  cancelled.some(({ pattern }) => pattern === "^"),
);
expect("a grep that would not finish was cancelled", server.searches.every(hasNotFinished));
expect(
  "every grep has ended",
  server.searches.every(({ pid }) => !isAlive(pid)),
);
for (const failure of failures) console.error(`Failed: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** The number of matching lines, counted by a shell pipeline. */
async function count(pattern: string): Promise<number> {
  const quoted = `'${pattern.replaceAll("'", String.raw`'\''`)}'`;
  const command = `grep ${grepArguments.join(" ")} -e ${quoted} . | wc -l`;
  const shell = await createSubprocessShell(command, { cwd: root, stdout: PIPE });
  const [output] = await shell.communicate();
  return Number(output.toString());
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function hasNotFinished({ pattern, returncode }: Search): boolean {
  return pattern !== hopeless() || (returncode !== null && returncode < 0);
}

/** A pattern whose back-references keep grep busy longer than any client waits. */
function hopeless(): string {
  return String.raw`\(.*\)\(.*\)\(.*\)\(.*\)\(.*\)\(.*\)#\6\5\4\3\2\1q`;
}
