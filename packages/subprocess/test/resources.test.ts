import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { PIPE, STDOUT, createSubprocessExec } from "@aio/subprocess";
import { describe, expect, test } from "vitest";
import { runProgram } from "./program.ts";

const isOld = Number.parseInt(process.versions.node, 10) < 24;
const permissions = [
  isOld ? "--experimental-permission" : "--permission",
  "--allow-child-process",
  `--allow-fs-read=${fileURLToPath(new URL("../../..", import.meta.url))}`,
].join(" ");

const preamble = `
  import { readdirSync, readFileSync } from "node:fs";
  import { DEVNULL, PIPE, STDOUT, createSubprocessExec, createSubprocessShell } from "@aio/subprocess";
  const descriptors = () => readdirSync("/proc/self/fd").length;
  const children = () => readFileSync("/proc/self/task/" + process.pid + "/children", "utf8");
  const settled = async (state) => {
    for (let turn = 0; turn < 1000 && !state(); turn++) await new Promise((r) => setTimeout(r, 2));
  };
`;

describe("Creating more processes than there are descriptors for", () => {
  test.each([
    ["three pipes each", "stdin: PIPE, stdout: PIPE, stderr: PIPE", 3],
    ["a merged pipe each", "stdin: PIPE, stdout: PIPE, stderr: STDOUT", 3],
    ["operating system pipes", "stdin: PIPE, stdout: PIPE, pipes: 'os'", 0],
  ])(
    "rejects only the creations beyond the limit, and leaks nothing: %s",
    async (_, options, lostByNode) => {
      const source = `${preamble}
      const cat = () => createSubprocessExec("cat", [], { ${options} });
      await (await cat()).communicate();
      // Node itself can leak sockets when it runs out of descriptors during a spawn.
      const most = descriptors() + ${lostByNode};
      const results = await Promise.allSettled(Array.from({ length: 300 }, cat));
      const created = results.flatMap(({ value }) => value ?? []);
      const codes = new Set(results.flatMap(({ reason }) => reason?.code ?? []));
      const outputs = await Promise.all(created.map((process) => process.communicate("data")));
      await settled(() => descriptors() <= most);
      const answer = await (await cat()).communicate("again");
      await settled(() => descriptors() <= most);
      console.log(JSON.stringify({
        created: created.length, codes: [...codes], lost: descriptors() - most,
        outputs: outputs.filter(([out]) => String(out) === "data").length, answer: String(answer[0]),
      }));
    `;
      const { stdout, stderr } = await runProgram(source, 'ulimit -n 64; exec "$@"');
      expect(stderr).toBe("");
      const { created, outputs, codes, answer, lost } = JSON.parse(stdout);
      expect(created).toBeGreaterThan(5);
      expect(created).toBeLessThan(30);
      expect(outputs).toBe(created);
      expect(codes).toEqual(["EMFILE"]);
      expect(answer).toBe("again");
      expect(lost).toBeLessThanOrEqual(0);
    },
  );
});

describe("A thousand processes, one after the other", () => {
  test("leave the parent's descriptors and memory unchanged, and no zombie", async () => {
    const source = `${preamble}
      import { setFlagsFromString } from "node:v8";
      import { runInNewContext } from "node:vm";
      const run = (options) => createSubprocessExec("true", [], options).then((p) => p.communicate());
      const some = async (count) => {
        for (let i = 0; i < count; i++) {
          await Promise.all([
            run({}), run({ stdin: PIPE, stdout: PIPE, stderr: PIPE }),
            run({ stdout: PIPE, stderr: STDOUT }),
            run(i % 5 === 0 ? { stdout: PIPE, pipes: "os" } : { stdout: DEVNULL }),
          ]);
        }
      };
      setFlagsFromString("--expose-gc");
      const gc = runInNewContext("gc");
      await some(25);
      gc();
      const before = { descriptors: descriptors(), heap: process.memoryUsage().heapUsed };
      await some(250);
      const handles = () =>
        process.getActiveResourcesInfo().filter((name) => name === "ProcessWrap").length;
      await settled(() => descriptors() <= before.descriptors && handles() <= 1);
      gc();
      console.log(JSON.stringify({
        descriptors: descriptors() - before.descriptors,
        bytesEach: (process.memoryUsage().heapUsed - before.heap) / 1000,
        handles: handles(),
      }));
      const state = (pid) => readFileSync("/proc/" + pid + "/stat", "utf8").split(") ")[1][0];
      for (const pid of children().split(" ").filter(Boolean)) if (state(pid) === "Z") console.log("zombie");
    `;
    const { stdout, stderr } = await runProgram(source);
    expect(stderr).toBe("");
    const [line = "", ...zombies] = stdout.trim().split("\n");
    const { descriptors, bytesEach, handles } = JSON.parse(line);
    expect(zombies).toEqual([]);
    expect(descriptors).toBeLessThanOrEqual(0);
    expect(handles).toBeLessThanOrEqual(1);
    // A leaked process would cost ten times that.
    expect(bytesEach).toBeLessThan(2000);
  }, 90_000);
});

describe("An aborted wait", () => {
  test("leaks nothing, however many there are", async () => {
    const source = `${preamble}
      import { setFlagsFromString } from "node:v8";
      import { runInNewContext } from "node:vm";
      setFlagsFromString("--expose-gc");
      const gc = runInNewContext("gc");
      const options = { stdin: PIPE, stdout: PIPE, graceMs: 60_000 };
      const cat = await createSubprocessExec("cat", [], options);
      const giveUp = async (count) => {
        for (let i = 0; i < count; i++) {
          const controller = new AbortController();
          const { stdin, stdout } = cat;
          const waits = [cat.wait(controller), stdout.read(-1, controller), stdin.waitClosed(controller)];
          controller.abort();
          await Promise.allSettled(waits);
        }
      };
      const growth = async () => {
        gc();
        const before = process.memoryUsage().heapUsed;
        await giveUp(3000);
        gc();
        return (process.memoryUsage().heapUsed - before) / 3000;
      };
      await giveUp(1000);
      // The compiler, too, allocates at times. A leak shows in each round.
      console.log(Math.min(await growth(), await growth()));
      // Nor the timer that would have killed it.
      await cat[Symbol.asyncDispose]();
    `;
    const { stdout, stderr } = await runProgram(source);
    expect(stderr).toBe("");
    expect(Number(stdout)).toBeLessThan(100);
  });
});

describe("stderr: STDOUT", () => {
  const merged = `${preamble}
    const options = { stdout: PIPE, stderr: STDOUT };
    const print = async () => {
      const shell = await createSubprocessShell("echo a; echo b >&2", options);
      return String((await shell.communicate())[0]);
    };
  `;

  test("does not need a directory for temporary files", async () => {
    const source = `${merged} console.log(await print());`;
    const run = runProgram(source, 'export TMPDIR=/proc/no-such-directory; exec "$@"');
    expect(await run).toMatchObject({ stdout: "a\nb\n\n", stderr: "" });
  });

  test("leaves nothing in that directory, whenever the parent exits", async () => {
    const source = `${merged} void print(); process.exit();`;
    const shell = 'export TMPDIR=$(mktemp -d); "$@"; ls -A "$TMPDIR"; rm -r "$TMPDIR"';
    expect(await runProgram(source, shell)).toMatchObject({ stdout: "", stderr: "" });
  });

  test("works in a worker of node:cluster", async () => {
    // The package cannot be imported by name from there.
    const worker = `${merged} process.send(await print(), () => process.exit());`;
    const source = `
      import cluster from "node:cluster";
      import { writeFileSync } from "node:fs";
      const url = JSON.stringify(import.meta.resolve("@aio/subprocess"));
      const exec = process.env.TMPDIR + "/worker.mjs";
      writeFileSync(exec, ${JSON.stringify(worker)}.replaceAll('"@aio/subprocess"', url));
      cluster.setupPrimary({ exec, execArgv: process.execArgv.filter((flag) => /^--cond/.test(flag)) });
      cluster.fork().on("message", (printed) => console.log(printed));
    `;
    const shell = 'export TMPDIR=$(mktemp -d); "$@"; rm -r "$TMPDIR"';
    expect(await runProgram(source, shell)).toMatchObject({ stdout: "a\nb\n\n", stderr: "" });
  });

  test("works under --permission, without access to files and network", async () => {
    const source = `${merged} console.log(await print());`;
    const { stdout } = await runProgram(source, `export NODE_OPTIONS="${permissions}"; exec "$@"`);
    expect(stdout).toBe("a\nb\n\n");
  });

  test.each([
    ["through a temporary directory, which it removes", '"$TMPDIR"'],
    ["through cat, where there is no such directory", "/proc/no-such-directory"],
  ])("works where sockets have no abstract names: %s", async (_, directory) => {
    const source = `
      Object.defineProperty(process, "platform", { value: "darwin" });
      const { PIPE, STDOUT, createSubprocessShell } = await import("@aio/subprocess");
      const options = { stdout: PIPE, stderr: STDOUT };
      const shell = await createSubprocessShell("echo a; echo b >&2; echo c", options);
      console.log(String((await shell.communicate())[0]));
    `;
    const shell = `
      export TMPDIR=$(mktemp -d)
      TMPDIR=${directory} "$@"
      ls -A "$TMPDIR"
      rm -r "$TMPDIR"
    `;
    const { stdout, stderr } = await runProgram(source, shell);
    expect({ stdout, stderr }).toEqual({ stdout: "a\nb\nc\n\n", stderr: "" });
  });

  test("fails if another process connects to the pipe", async () => {
    const before = namesOfPipes();
    const starting = createSubprocessExec("cat", [], { stdout: PIPE, stderr: STDOUT });
    const name = namesOfPipes().find((each) => !before.includes(each)) ?? "";
    // It may be reset when it is refused.
    const stranger = connect(name.replace("@", "\0")).on("error", () => {});
    await expect(starting).rejects.toThrow("Cannot make a pipe: another process connected to it");
    stranger.destroy();
  });

  test("is refused with EMFILE, however few descriptors are left for the first pipe", async () => {
    const source = `${preamble}
      import { closeSync, openSync } from "node:fs";
      const taken = [];
      const options = { stdin: DEVNULL, stdout: PIPE, stderr: STDOUT };
      const start = () => createSubprocessExec("echo", ["merged"], options);
      try { for (;;) taken.push(openSync("/dev/null")); } catch {}
      const codes = new Set();
      let echo;
      for (; echo === undefined; closeSync(taken.pop())) {
        echo = await start().catch((error) => void codes.add(error.code));
      }
      console.log(...codes, String((await echo.communicate())[0]));
    `;
    const { stdout, stderr } = await runProgram(source, 'ulimit -n 64; exec "$@"');
    expect({ stdout, stderr }).toEqual({ stdout: "EMFILE merged\n\n", stderr: "" });
  });
});

// Only of this process: a stranger at a pipe of another test file, which runs at the same time, would
// make that one fail.
function namesOfPipes(): string[] {
  const names = new RegExp(`@aio-${process.pid}-[^@\n]*`, "g");
  return readFileSync("/proc/net/unix", "latin1").match(names) ?? [];
}
