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
