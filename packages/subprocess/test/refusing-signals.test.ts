import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failureOf } from "@aio/contract";
import {
  PIPE,
  type Process,
  STDOUT,
  type StreamReader,
  type StreamWriter,
  createSubprocessExec,
  createSubprocessShell,
} from "@aio/subprocess";
import { describe, expect, test } from "vitest";

const refusal = new TypeError("Cannot listen to this signal");

/** A signal that takes `accepted` listeners and refuses all later ones, as when it is frozen then. */
function refusing(accepted = 0): AbortSignal {
  const { signal } = new AbortController();
  const listen: typeof signal.addEventListener = signal.addEventListener.bind(signal);
  let taken = 0;
  signal.addEventListener = (...args: Parameters<typeof listen>) => {
    if (taken === accepted) throw refusal;
    taken += 1;
    listen(...args);
  };
  return signal;
}

type Cat = Process<StreamWriter, StreamReader, null>;
type Options = { readonly signal: AbortSignal };

const waits: readonly [string, (cat: Cat, options: Options) => Promise<unknown>][] = [
  ["Process.wait()", (cat, options) => cat.wait(options)],
  ["Process.communicate()", (cat, options) => cat.communicate("lost", options)],
  ["StreamReader.read()", (cat, options) => cat.stdout.read(5, options)],
  ["StreamReader.read(-1)", (cat, options) => cat.stdout.read(-1, options)],
  ["StreamReader.readexactly()", (cat, options) => cat.stdout.readexactly(5, options)],
  ["StreamReader.readuntil()", (cat, options) => cat.stdout.readuntil("\n", options)],
  ["StreamReader.readline()", (cat, options) => cat.stdout.readline(options)],
  ["StreamReader.readinto()", (cat, options) => cat.stdout.readinto(Buffer.alloc(5), options)],
  [
    "StreamReader.lines()",
    (cat, options) => cat.stdout.lines(options)[Symbol.asyncIterator]().next(),
  ],
  ["StreamWriter.waitClosed()", (cat, options) => cat.stdin.waitClosed(options)],
];

describe("With a signal that refuses listeners", () => {
  test.each([
    ["createSubprocessShell()", {}],
    ["createSubprocessShell({ stdout: PIPE, stderr: STDOUT })", { stdout: PIPE, stderr: STDOUT }],
    ['createSubprocessShell({ pipes: "os" })', { stdin: PIPE, stdout: PIPE, pipes: "os" }],
    ["createSubprocessShell({ user })", { user: "root" }],
  ] as const)("%s rejects with its error, and starts nothing", async (_, options) => {
    const directory = await mkdtemp(join(tmpdir(), "aio-test-"));
    const line = `echo > ${join(directory, "started")}`;
    try {
      const creation = createSubprocessShell(line, { ...options, signal: refusing() });
      expect(await failureOf(creation)).toBe(refusal);
      // No child: Node reports one here as long as it runs.
      expect(process.getActiveResourcesInfo()).not.toContain("ProcessWrap");
      expect(await readdir(directory)).toEqual([]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test.each([
    ["the lookup of the user", 1],
    ["the started process", 2],
  ])("a creation leaves nothing running if the signal refuses only %s", async (_, accepted) => {
    const marker = `${3600 + Math.random()}`;
    const options = { user: "root", signal: refusing(accepted) };
    expect(await failureOf(createSubprocessExec("sleep", [marker], options))).toBe(refusal);
    const pgrep = await createSubprocessExec("pgrep", ["-f", marker], { stdout: PIPE });
    expect(String((await pgrep.communicate())[0])).toBe("");
  });

  test.each(waits)("%s rejects with its error, and changes nothing", async (_, wait) => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    expect(await failureOf(wait(cat, { signal: refusing() }))).toBe(refusal);
    cat.stdin.write("hello\n");
    expect(String(await cat.stdout.readline())).toBe("hello\n");
    expect(String((await cat.communicate("bye"))[0])).toBe("bye");
    expect(await cat.wait()).toBe(0);
  });

  test("StreamWriter.drain() rejects with its error, and everything is sent", async () => {
    const wc = await createSubprocessExec("wc", ["-c"], { stdin: PIPE, stdout: PIPE });
    wc.stdin.write(Buffer.alloc(8 << 20));
    expect(await failureOf(wc.stdin.drain({ signal: refusing() }))).toBe(refusal);
    await wc.stdin.drain();
    expect(Number((await wc.communicate())[0])).toBe(8 << 20);
  });
});
