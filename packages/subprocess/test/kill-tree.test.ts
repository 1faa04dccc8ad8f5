import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  DEVNULL,
  PIPE,
  type Process,
  createSubprocessExec,
  createSubprocessShell,
} from "@aio/subprocess";
import { afterEach, describe, expect, test } from "vitest";
import { isRunning, stateOf } from "./gate.ts";
import { runProgram } from "./program.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

// A shell, its child and its grandchild; the pids of the latter two are printed.
const family = "sh -c 'sleep 3600 & echo $!; wait; :' & echo $!; wait; :";
const ways = [
  ["in a new session", {}],
  ["in the session of the parent", { startNewSession: false }],
] as const;

const directory = temporaryDirectory();

const survivors: number[] = [];
afterEach(() => {
  for (const pid of survivors.splice(0)) if (isRunning(pid)) process.kill(pid, "SIGKILL");
});

async function startFamily(options: object = {}) {
  const shell = await createSubprocessShell(family, {
    stdout: PIPE,
    // The shell reports here that its child was terminated.
    stderr: DEVNULL,
    ...options,
  });
  const pids = [Number(await shell.stdout.readline()), Number(await shell.stdout.readline())];
  survivors.push(...pids);
  return { shell, pids };
}

const noneRuns = (pids: number[]) => expect.poll(() => pids.filter(isRunning)).toEqual([]);

describe.each(ways)("killTree, %s", (_, way) => {
  // execa#96
  test("makes kill() reach children and grandchildren", async () => {
    const { shell, pids } = await startFamily({ killTree: true, ...way });
    shell.kill();
    expect(await shell.wait()).toBe(-9);
    await noneRuns(pids);
  });

  test("makes terminate() reach descendants", async () => {
    const { shell, pids } = await startFamily({ killTree: true, ...way });
    shell.terminate();
    expect(await shell.wait()).toBe(-15);
    await noneRuns(pids);
  });

  test("makes await using reach descendants that ignore SIGTERM", async () => {
    const script = "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.1; done' & wait; wait; :";
    const options = { stdout: PIPE, killTree: true, graceMs: 100, ...way } as const;
    const shell = await createSubprocessShell(`trap '' TERM; ${script}`, options);
    const child = Number(await shell.stdout.readline());
    survivors.push(child);
    await shell[Symbol.asyncDispose]();
    expect(shell.returncode).toBe(-9);
    await noneRuns([child]);
  });

  // On SIGTERM the outer shell ends at once; the inner one runs `onTerm`.
  const behindAShell = (onTerm: string) =>
    `sh -c 'trap "${onTerm}" TERM; echo $$; while :; do sleep 0.02; done'; true`;
  const endings = [
    ["await using", (shell: Process) => shell[Symbol.asyncDispose]()],
    [
      "an abort",
      (shell: Process, controller: AbortController) => {
        controller.abort();
        return shell.wait().catch(() => {});
      },
    ],
  ] as const;

  test.each(endings)(
    "gives graceMs to the descendants of a leader that has ended: %s",
    async (_, end) => {
      const controller = new AbortController();
      const { signal } = controller;
      const saved = join(directory, "saved");
      const script = behindAShell(`sleep 0.1; echo >${saved}; exit`);
      const options = { stdout: PIPE, stderr: DEVNULL, killTree: true, signal, ...way } as const;
      const shell = await createSubprocessShell(script, options);
      const child = Number(await shell.stdout.readline());
      survivors.push(child);
      await end(shell, controller);
      expect(shell.returncode).toBe(-15);
      expect(isRunning(child)).toBe(false);
      await rm(saved);
    },
  );

  test.each(endings)("kills descendants that ignore SIGTERM after graceMs: %s", async (_, end) => {
    const controller = new AbortController();
    const { signal } = controller;
    const options = { stdout: PIPE, killTree: true, signal, graceMs: 50, ...way } as const;
    const shell = await createSubprocessShell(behindAShell(""), options);
    const child = Number(await shell.stdout.readline());
    survivors.push(child);
    await end(shell, controller);
    expect(shell.returncode).toBe(-15);
    await noneRuns([child]);
  });

  test("makes an abort reach descendants", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const { shell, pids } = await startFamily({ killTree: true, signal, ...way });
    controller.abort();
    await expect(shell.wait()).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    await noneRuns(pids);
  });

  test("reaches descendants that have moved to a process group of their own", async () => {
    // `timeout` moves itself and its command.
    const script = "timeout 3600 sh -c 'echo $PPID $$; exec sleep 3600' & wait";
    const options = { stdout: PIPE, stderr: DEVNULL, killTree: true, ...way } as const;
    const shell = await createSubprocessShell(script, options);
    const pids = String(await shell.stdout.readline())
      .split(" ")
      .map(Number);
    survivors.push(...pids);
    await shell[Symbol.asyncDispose]();
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test("leaves descendants running after a signal that does not end them", async () => {
    const { shell, pids } = await startFamily({ killTree: true, ...way });
    shell.sendSignal(0);
    shell.sendSignal("SIGCONT");
    expect(pids.filter(isRunning)).toEqual(pids);
    shell.kill();
    await shell.wait();
  });
});

describe("killTree", () => {
  test("stops a tree with SIGSTOP, and continues it with SIGCONT", async () => {
    const { shell, pids } = await startFamily({ killTree: true, startNewSession: false });
    const states = () => [shell.pid, ...pids].map(stateOf).join("");
    shell.sendSignal("SIGSTOP");
    await expect.poll(states).toBe("TTT");
    shell.sendSignal("SIGCONT");
    await expect.poll(states).toBe("SSS");
    shell.kill();
    await shell.wait();
  });

  // In a process group of its own: the system discards these signals if a group has no parent in its
  // session, as that of the tests may.
  async function startGroup() {
    const program = ["-e", "setpgrp; exec @ARGV", "sh", "-c", family];
    const options = { stdout: PIPE, killTree: true, startNewSession: false } as const;
    const shell = await createSubprocessExec("perl", program, options);
    const pids = [Number(await shell.stdout.readline()), Number(await shell.stdout.readline())];
    survivors.push(...pids);
    return { shell, states: () => [shell.pid, ...pids].map(stateOf).join("") };
  }

  test.each(["SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"] as const)(
    "leaves a tree stopped after %s, and after further signals until SIGCONT",
    async (signal) => {
      const { shell, states } = await startGroup();
      shell.sendSignal(signal);
      await expect.poll(states).toBe("TTT");
      shell.sendSignal("SIGUSR1");
      expect(states()).toBe("TTT");
      shell.sendSignal("SIGCONT");
      expect(await shell.wait()).toBe(-10);
      await expect.poll(states).toMatch(/^Z*$/);
    },
  );

  test("ends descendants that survive their leader at the end of await using", async () => {
    const options = { stdout: PIPE, killTree: true } as const;
    const shell = await createSubprocessShell("sleep 3600 & echo $!", options);
    const child = Number(await shell.stdout.readline());
    survivors.push(child);
    expect(await shell.wait()).toBe(0);
    expect(isRunning(child)).toBe(true);
    await shell[Symbol.asyncDispose]();
    await noneRuns([child]);
  });

  test("ends descendants that outlive a cancelled leader", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const script = "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.1; done' & wait";
    const options = { stdout: PIPE, killTree: true, signal, graceMs: 50 } as const;
    const shell = await createSubprocessShell(script, options);
    const child = Number(await shell.stdout.readline());
    survivors.push(child);
    controller.abort();
    await expect(shell.wait()).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    expect(shell.returncode).toBe(-15);
    await noneRuns([child]);
  });

  test("is off by default", async () => {
    const { shell, pids } = await startFamily();
    await shell[Symbol.asyncDispose]();
    expect(pids.filter(isRunning)).toEqual(pids);
  });

  test("leaves the child in the foreground group with startNewSession: false", async () => {
    const script = "cut -d' ' -f5 /proc/self/stat";
    const group = async (options: object) => {
      const cut = await createSubprocessShell(`${script}; :`, { stdout: PIPE, ...options });
      return Number((await cut.communicate())[0]);
    };
    const own = await group({});
    expect(await group({ killTree: true, startNewSession: false })).toBe(own);
    expect(await group({ killTree: true })).not.toBe(own);
  });
});

// The leader ends on SIGTERM; its child ignores it. Then no descriptor is left to read /proc with.
const withoutDescriptors = (options: string, before: string, after: string) =>
  runProgram(
    `import { closeSync, openSync, readFileSync } from "node:fs";
     import { DEVNULL, PIPE, createSubprocessShell } from "@aio/subprocess";
     const script = "sh -c 'trap \\"\\" TERM; echo $$; while :; do sleep 0.1; done' & wait; :";
     const options = { stdout: PIPE, stderr: DEVNULL, killTree: true, graceMs: 50, ${options} };
     const shell = await createSubprocessShell(script, options);
     const child = Number(await shell.stdout.readline());
     const stateOf = (pid) => readFileSync("/proc/" + pid + "/stat", "latin1").split(") ")[1][0];
     const codeOf = (call) => {
       try { return call() } catch ({ code }) { return code }
     };
     ${before}
     const descriptors = [];
     try {
       for (;;) descriptors.push(openSync("/dev/null", "r"));
     } catch {}
     const free = () => descriptors.splice(0).forEach((fd) => closeSync(fd));
     ${after}`,
    'ulimit -n 64; exec "$@"',
  );

describe("killTree, when no descriptors are left", () => {
  test.each([
    ["in a new session", "graceMs: 1000", "", "disposed"],
    // The signal finds the child, but there could be more.
    ["in its own", "startNewSession: false", 'shell.sendSignal("SIGCONT");', "EMFILE"],
  ])(
    "await using waits for known descendants, and kills them, %s",
    async (_, options, before, end) => {
      const { stdout, stderr } = await withoutDescriptors(
        options,
        before,
        `const disposal = shell[Symbol.asyncDispose]().then(() => "disposed", ({ code }) => code);
       console.log(await shell.wait());
       console.log(await Promise.race([disposal, new Promise((resolve) => setImmediate(resolve, "waits"))]));
       free();
       console.log(await disposal, codeOf(() => stateOf(child).replace("Z", "ENOENT")));`,
      );
      expect(stderr).toBe("");
      expect(stdout).toBe(`-15\nwaits\n${end} ENOENT\n`);
    },
  );

  test.each([
    ["terminate", -15],
    ["kill", -9],
  ])("throws EMFILE from %s() after signaling the root of a tree", async (name, returncode) => {
    const { stdout, stderr } = await withoutDescriptors(
      "startNewSession: false",
      "",
      `console.log(codeOf(() => shell.${name}()));
       free();
       console.log(await shell.wait({ signal: AbortSignal.timeout(2000) }).catch((e) => e.name));
       process.kill(child, "SIGKILL");
       if (shell.returncode === null) shell.kill();`,
    );
    expect(stderr).toBe("");
    expect(stdout).toBe(`EMFILE\n${returncode}\n`);
  });

  // SIGTERM remains pending while the tree is stopped.
  const stopped = `
    shell.sendSignal("SIGSTOP");
    while (stateOf(shell.pid) + stateOf(child) !== "TT") await new Promise(setImmediate);`;

  test("await using resolves if a later signal finds the whole tree", async () => {
    const { stdout, stderr } = await withoutDescriptors(
      "startNewSession: false",
      stopped,
      `const disposal = shell[Symbol.asyncDispose]();
       free();
       await disposal;
       await shell[Symbol.asyncDispose]();
       console.log(shell.returncode, codeOf(() => stateOf(child).replace("Z", "ENOENT")));`,
    );
    expect(stderr).toBe("");
    expect(stdout).toBe("-9 ENOENT\n");
  });

  test.runIf(process.getuid?.() === 0)(
    "await using rejects with EPERM if the parent may no longer signal the process",
    async () => {
      const { stdout, stderr } = await withoutDescriptors(
        "startNewSession: false",
        stopped,
        `const disposal = shell[Symbol.asyncDispose]().catch(({ code }) => code);
         free();
         process.setgroups([]);
         process.setgid(65_534);
         process.setuid(65_534);
         console.log(await disposal, shell.pid, child);`,
      );
      expect(stderr).toBe("");
      const [code, ...pids] = stdout.split(" ");
      survivors.push(...pids.map(Number));
      expect(code).toBe("EPERM");
    },
  );
});

const untilSleepEnds = (after: string) => `
  import { DEVNULL, PIPE, createSubprocessExec } from "@aio/subprocess";
  const options = { stdin: PIPE, stdout: PIPE, stderr: PIPE };
  const sleep = await createSubprocessExec("sleep", ["0.3"], options);
  console.log(sleep.pid);
  process.on("exit", () => console.log(sleep.returncode));
  sleep.unref();
  ${after}
`;

describe("Process.unref()", () => {
  test("lets the parent exit while the child and its pipes are open, until ref()", async () => {
    const left = await runProgram(untilSleepEnds(""));
    expect(left.stdout).toMatch(/^\d+\nnull\n$/);
    survivors.push(Number(left.stdout.split("\n")[0]));
    expect((await runProgram(untilSleepEnds("sleep.ref();"))).stdout).toMatch(/^\d+\n0\n$/);
  });
});

describe("A process that no call waits for", () => {
  test("is reaped too", async () => {
    const process = await createSubprocessExec("true");
    await noneRuns([process.pid]);
    await expect.poll(() => process.returncode).toBe(0);
  });
});
