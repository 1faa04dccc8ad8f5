import { chmod, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  DEVNULL,
  PIPE,
  STDOUT,
  createSubprocessExec,
  createSubprocessShell,
} from "@aio/subprocess";
import { describe, expect, test } from "vitest";
import { runProgram } from "./program.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const directory = temporaryDirectory();

const openDescriptors = async () => (await readdir("/proc/self/fd")).length;
const failure = (code: string, path: string) => expect.objectContaining({ code, path });

describe("createSubprocessExec(), when the process cannot be started", () => {
  test("rejects with ENOENT and the program's name if it is missing", async () => {
    const missing = createSubprocessExec("no-such-program");
    await expect(missing).rejects.toThrow(failure("ENOENT", "no-such-program"));
    await expect(missing).rejects.toMatchObject({ syscall: "spawn no-such-program", errno: -2 });
  });

  // nodejs/node#45279
  test("names the working directory if it is missing", async () => {
    const missing = createSubprocessExec("true", [], { cwd: "/no/such/directory" });
    await expect(missing).rejects.toThrow(failure("ENOENT", "/no/such/directory"));
    await expect(missing).rejects.toThrow("/no/such/directory");
  });

  test("names the working directory if it is a file", async () => {
    const file = createSubprocessExec("true", [], { cwd: "/etc/passwd" });
    await expect(file).rejects.toThrow(failure("ENOTDIR", "/etc/passwd"));
  });

  test("names the program if it is missing and the working directory exists", async () => {
    const missing = createSubprocessExec("no-such-program", [], { cwd: "/" });
    await expect(missing).rejects.toThrow(failure("ENOENT", "no-such-program"));
  });

  test.each(["/etc/passwd", "/etc"])(
    "rejects with EACCES for %s, which cannot be run",
    async (it) => {
      await expect(createSubprocessExec(it)).rejects.toThrow(failure("EACCES", it));
    },
  );

  test("names a script whose interpreter is missing, and blames the interpreter", async () => {
    const script = join(directory, "script");
    await writeFile(script, "#!/no/such/interpreter\n");
    await chmod(script, 0o755);
    const missing = createSubprocessExec(script);
    await expect(missing).rejects.toThrow(failure("ENOENT", script));
    await expect(missing).rejects.toThrow("interpreter");
  });

  test("names the missing interpreter, including a trailing carriage return", async () => {
    const script = join(directory, "script-of-windows");
    await writeFile(script, "#!/bin/sh\r\necho\r\n");
    await chmod(script, 0o755);
    await expect(createSubprocessExec(script)).rejects.toThrow('missing: "/bin/sh\\r"');
  });

  test("does not blame an interpreter for a file that is not in PATH", async () => {
    await writeFile(join(directory, "deploy"), "data\n");
    const message = "Cannot start deploy: ENOENT";
    const options = [{ env: {} }, { env: { PATH: "/usr/bin:/bin" } }];
    for (const option of options) {
      const missing = createSubprocessExec("deploy", [], { ...option, cwd: directory });
      await expect(missing).rejects.toThrow(expect.objectContaining({ message, code: "ENOENT" }));
    }
  });

  test("rejects with Node's error, unchanged, in a deleted directory", async () => {
    const { stdout, stderr } = await runProgram(`
      import { mkdtempSync, rmdirSync } from "node:fs";
      import { PIPE, STDOUT, createSubprocessExec, createSubprocessShell } from "@aio/subprocess";
      const folder = mkdtempSync("/tmp/aio-test-");
      process.chdir(folder);
      rmdirSync(folder);
      const code = (starting) => starting.then(() => "started", (error) => error.code);
      console.log(
        await code(createSubprocessExec("./no-such-program")),
        await code(createSubprocessExec("no-such-program", [], { env: {} })),
        await code(createSubprocessExec("no-such-program", [], { env: { PATH: "" } })),
        await code(createSubprocessExec("no-such-program", [], { cwd: "no-such-directory" })),
        await code(createSubprocessExec("no-such-program", [], { stdout: PIPE, stderr: STDOUT })),
        await code(createSubprocessShell("true", { executable: "no-such-shell" })),
        await (await createSubprocessExec("/bin/true")).wait(),
      );
    `);
    expect({ stdout, stderr }).toEqual({ stdout: `${"ENOENT ".repeat(6)}0\n`, stderr: "" });
  });

  test.runIf(process.allowedNodeEnvironmentFlags.has("--permission"))(
    "rejects with Node's error, unchanged, under --permission",
    async () => {
      const source = `
        import { createSubprocessExec } from "@aio/subprocess";
        const missing = createSubprocessExec("no-such-program");
        await missing.catch((error) => console.log(error.code, error.message));
        const elsewhere = createSubprocessExec("no-such-program", [], { cwd: "/usr" });
        await elsewhere.catch((error) => console.log(error.code, error.path));
      `;
      // Lets Node read its modules, but none of the directories in PATH.
      const flags = `--permission --allow-child-process --allow-fs-read="$(realpath ../..)"`;
      const shell = `node=$1; shift; exec "$node" ${flags} "$@"`;
      const { stdout } = await runProgram(source, shell);
      expect(stdout).toBe("ENOENT Cannot start no-such-program: ENOENT\nENOENT no-such-program\n");
    },
  );

  test.runIf(process.getuid?.() === 0)("says that changing the user is not permitted", async () => {
    const { stdout } = await runProgram(`
        import { createSubprocessExec } from "@aio/subprocess";
        process.setgroups([]);
        process.setuid(65_534);
        await createSubprocessExec("true", [], { user: 1 }).catch((error) => console.log(error.message));
      `);
    expect(stdout).toBe(
      "Cannot start true: EPERM, changing the user or the group is not permitted\n",
    );
  });

  test("rejects with EMFILE if no descriptor is left for a user lookup", async () => {
    const source = `
      import { openSync } from "node:fs";
      import { createSubprocessExec } from "@aio/subprocess";
      await (await createSubprocessExec("true")).wait();
      try {
        for (;;) openSync("/dev/null");
      } catch {}
      await createSubprocessExec("true", [], { user: "root" }).catch((error) => console.log(error.code));
    `;
    const { stdout } = await runProgram(source, 'ulimit -n 64; exec "$@"');
    expect(stdout).toBe("EMFILE\n");
  });

  test.runIf(process.allowedNodeEnvironmentFlags.has("--permission"))(
    "leaves no listener on the signal if a user cannot be looked up under --permission",
    async () => {
      const source = `
        import { createSubprocessExec } from "@aio/subprocess";
        const controller = new AbortController();
        const options = { user: "root", signal: controller.signal };
        await createSubprocessExec("true", [], options).catch((error) => console.log(error.code));
        controller.abort();
      `;
      const flags = '--permission --allow-fs-read="$(realpath ../..)"';
      const shell = `node=$1; shift; exec "$node" ${flags} "$@"`;
      const { stdout, returncode } = await runProgram(source, shell);
      expect({ stdout, returncode }).toEqual({ stdout: "ERR_ACCESS_DENIED\n", returncode: 0 });
    },
  );

  test("rejects with E2BIG and the program's name if the arguments are too long", async () => {
    const long = createSubprocessExec("true", ["x".repeat(8 << 20)]);
    await expect(long).rejects.toThrow(failure("E2BIG", "true"));
  });

  test("rejects with EBADF if a descriptor is not open", async () => {
    const bad = createSubprocessExec("true", [], { stdout: 9999 });
    await expect(bad).rejects.toThrow(failure("EBADF", "true"));
  });

  test("does not contain the arguments, which may be secret", async () => {
    const error: unknown = await createSubprocessExec("no-such-program", ["s3cret"]).catch(
      (e) => e,
    );
    expect(JSON.stringify({ ...(error as object), text: String(error) })).not.toContain("s3cret");
  });

  // test_subprocess.SubprocessMixin.test_popen_error
  // test_subprocess.SubprocessMixin.test_popen_error_with_stdin_pipe
  test.each([
    ["without pipes", {}],
    ["with a pipe to stdin", { stdin: PIPE }],
    ["with three pipes", { stdin: PIPE, stdout: PIPE, stderr: PIPE }],
    ["with a merged pipe", { stdout: PIPE, stderr: STDOUT }],
    ["with operating system pipes", { stdin: PIPE, stdout: PIPE, pipes: "os" }],
  ] as const)("leaves no descriptor open %s", async (_, options) => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    // The first process creates what all processes share.
    await (await createSubprocessExec("true", [], { ...options, stdin: DEVNULL })).wait();
    await new Promise((resolve) => setImmediate(resolve));
    const before = await openDescriptors();
    const cwds = ["/no/such/directory", "/etc/passwd"];
    const creations = cwds.map((cwd) => createSubprocessExec("true", [], { ...options, cwd }));
    const results = await Promise.allSettled(creations);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect.poll(openDescriptors).toBeLessThanOrEqual(before);
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
  });

  test("rejects instead of throwing", () => {
    const results = [
      createSubprocessExec(5 as never),
      createSubprocessExec("true", "x" as never),
      createSubprocessExec("true", [], null as never),
      createSubprocessShell(undefined as never),
    ];
    return Promise.all(results.map((result) => expect(result).rejects.toThrow(TypeError)));
  });
});
