import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { PIPE, STDOUT, createSubprocessExec } from "@aio/subprocess";
import { describe, expect, test } from "vitest";
import { runProgram } from "./program.ts";

const preamble = `
  import { readdirSync, readFileSync } from "node:fs";
  import { DEVNULL, PIPE, STDOUT, createSubprocessExec } from "@aio/subprocess";
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
    ["pipes of the operating system", "stdin: PIPE, stdout: PIPE, pipes: 'os'", 0],
  ])("rejects those creations alone, and leaks nothing: %s", async (_, options, lostByNode) => {
    const source = `${preamble}
      const cat = () => createSubprocessExec("cat", [], { ${options} });
      await (await cat()).communicate();
      // Node itself may lose some sockets when it runs out of descriptors in the middle of a spawn.
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
  });
});

describe("A thousand processes, one after the other", () => {
  test("leave the parent's descriptors and memory where they were, and no zombie", async () => {
    const source = `${preamble}
      import { setFlagsFromString } from "node:v8";
      import { runInNewContext } from "node:vm";
      const run = (options) => createSubprocessExec("true", [], options).then((p) => p.communicate());
      const some = async (count) => {
        for (let i = 0; i < count; i++) {
          await Promise.all([
            run({}), run({ stdin: PIPE, stdout: PIPE, stderr: PIPE }),
            run({ stdout: PIPE, stderr: STDOUT }), run({ stdout: PIPE, pipes: "os" }),
          ]);
        }
      };
      setFlagsFromString("--expose-gc");
      const gc = runInNewContext("gc");
      await some(25);
      gc();
      const before = { descriptors: descriptors(), heap: process.memoryUsage().heapUsed };
      await some(250);
      await settled(() => descriptors() <= before.descriptors);
      gc();
      console.log(JSON.stringify({
        descriptors: descriptors() - before.descriptors,
        bytesEach: (process.memoryUsage().heapUsed - before.heap) / 1000,
        handles: process.getActiveResourcesInfo().filter((name) => name === "ProcessWrap").length,
      }));
      const state = (pid) => readFileSync("/proc/" + pid + "/stat", "utf8").split(") ")[1][0];
      for (const pid of children().trim().split(" ")) if (state(pid) === "Z") console.log("zombie");
    `;
    const { stdout, stderr } = await runProgram(source);
    expect(stderr).toBe("");
    const [line = "", ...zombies] = stdout.trim().split("\n");
    const { descriptors, bytesEach, handles } = JSON.parse(line);
    expect(zombies).toEqual([]);
    expect(descriptors).toBeLessThanOrEqual(0);
    expect(handles).toBeLessThanOrEqual(1);
    // A process that is kept costs ten times that.
    expect(bytesEach).toBeLessThan(2000);
  }, 30_000);
});

describe("A wait that is given up", () => {
  test("leaves nothing behind, however many there are", async () => {
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
      await giveUp(1000);
      gc();
      const before = process.memoryUsage().heapUsed;
      await giveUp(3000);
      gc();
      console.log((process.memoryUsage().heapUsed - before) / 3000);
      // Nor the timer that would have killed it.
      await cat[Symbol.asyncDispose]();
    `;
    const { stdout, stderr } = await runProgram(source);
    expect(stderr).toBe("");
    expect(Number(stdout)).toBeLessThan(100);
  });
});

describe("Pipes that are made by name", () => {
  test("leave no name behind", async () => {
    const source = `${preamble}
      const processes = Array.from({ length: 5 }, async () => {
        const echo = await createSubprocessExec("echo", [], { stdout: PIPE, stderr: STDOUT });
        return echo.communicate();
      });
      await Promise.all(processes);
      console.log(readdirSync(process.env.TMPDIR).length);
    `;
    // One of its own: others make their names in the common one meanwhile.
    const shell = 'export TMPDIR=$(mktemp -d); "$@"; rm -r $TMPDIR';
    expect(await runProgram(source, shell)).toMatchObject({ stdout: "0\n", stderr: "" });
  });

  test("are made where TMPDIR is longer than a socket's name may be", async () => {
    const source = `${preamble}
      const options = { stdout: PIPE, stderr: STDOUT };
      const echo = await createSubprocessExec("echo", ["merged"], options);
      console.log(String((await echo.communicate())[0]), readdirSync(process.env.TMPDIR));
    `;
    const shell = `
      directory=$(mktemp -d)
      export TMPDIR=$directory/${"x".repeat(120)}
      mkdir $TMPDIR
      "$@"
      rm -r $directory
    `;
    expect(await runProgram(source, shell)).toMatchObject({ stdout: "merged\n []\n", stderr: "" });
  });

  test("are refused with EMFILE, however few descriptors are left for the first", async () => {
    const source = `${preamble}
      import { closeSync, openSync } from "node:fs";
      const taken = [];
      const options = { stdin: DEVNULL, stdout: PIPE, stderr: STDOUT };
      const left = () => readdirSync(process.env.TMPDIR);
      const start = () => createSubprocessExec("echo", ["merged"], options);
      try { for (;;) taken.push(openSync("/dev/null")); } catch {}
      const codes = new Set();
      let echo;
      for (; echo === undefined; closeSync(taken.pop())) {
        echo = await start().catch((error) => void codes.add(error.code));
      }
      console.log(...codes, String((await echo.communicate())[0]), left());
    `;
    const shell = `
      export TMPDIR=$(mktemp -d)
      (ulimit -n 64; exec "$@")
      rm -r $TMPDIR
    `;
    const { stdout, stderr } = await runProgram(source, shell);
    expect({ stdout, stderr }).toEqual({ stdout: "EMFILE merged\n []\n", stderr: "" });
  });

  test("cannot be connected to by their names, which the system still tells", async () => {
    const echo = await createSubprocessExec("echo", [], { stdout: PIPE, stderr: STDOUT });
    await echo.communicate();
    const names =
      readFileSync("/proc/net/unix", "utf8").match(/\/proc\/self\/fd\/\d+\/socket$/gm) ?? [];
    expect(names.length).toBeGreaterThan(0);
    const codes = names.map(
      (name) =>
        new Promise((resolve) => {
          connect(name)
            .on("error", (error: NodeJS.ErrnoException) => resolve(error.code))
            .on("connect", () => resolve("connected"));
        }),
    );
    expect(await Promise.all(codes)).not.toContain("connected");
  });
});
