import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DEVNULL,
  PIPE,
  STDOUT,
  createSubprocessExec,
  createSubprocessShell,
} from "@aio/subprocess";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "aio-test-"));
});
afterAll(() => rm(directory, { recursive: true }));

const openDescriptors = async () => (await readdir("/proc/self/fd")).length;
const failure = (code: string, path: string) => expect.objectContaining({ code, path });

describe("createSubprocessExec(), when the process cannot be started", () => {
  test("rejects with ENOENT and the program's name if it is missing", async () => {
    const missing = createSubprocessExec("no-such-program");
    await expect(missing).rejects.toThrow(failure("ENOENT", "no-such-program"));
    await expect(missing).rejects.toMatchObject({ syscall: "spawn no-such-program", errno: -2 });
  });

  // nodejs/node#45279
  test("names the working directory if that is missing", async () => {
    const missing = createSubprocessExec("true", [], { cwd: "/no/such/directory" });
    await expect(missing).rejects.toThrow(failure("ENOENT", "/no/such/directory"));
    await expect(missing).rejects.toThrow("/no/such/directory");
  });

  test("names the working directory if that is a file", async () => {
    const file = createSubprocessExec("true", [], { cwd: "/etc/passwd" });
    await expect(file).rejects.toThrow(failure("ENOTDIR", "/etc/passwd"));
  });

  test("names the program if it is missing and the working directory is not", async () => {
    const missing = createSubprocessExec("no-such-program", [], { cwd: "/" });
    await expect(missing).rejects.toThrow(failure("ENOENT", "no-such-program"));
  });

  test.each(["/etc/passwd", "/etc"])(
    "rejects with EACCES for %s, which cannot be run",
    async (it) => {
      await expect(createSubprocessExec(it)).rejects.toThrow(failure("EACCES", it));
    },
  );

  test("names a script whose interpreter is missing, and says so", async () => {
    const script = join(directory, "script");
    await writeFile(script, "#!/no/such/interpreter\n");
    await chmod(script, 0o755);
    const missing = createSubprocessExec(script);
    await expect(missing).rejects.toThrow(failure("ENOENT", script));
    await expect(missing).rejects.toThrow("interpreter");
  });

  test("rejects with E2BIG and the program's name if the arguments are too long", async () => {
    const long = createSubprocessExec("true", ["x".repeat(8 << 20)]);
    await expect(long).rejects.toThrow(failure("E2BIG", "true"));
  });

  test("rejects with EBADF if a descriptor is not open", async () => {
    const bad = createSubprocessExec("true", [], { stdout: 9999 });
    await expect(bad).rejects.toThrow(failure("EBADF", "true"));
  });

  test("does not show the arguments: they may be secret", async () => {
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
    ["with pipes of the operating system", { stdin: PIPE, stdout: PIPE, pipes: "os" }],
  ] as const)("leaves no descriptor open %s", async (_, options) => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    // What lasts for all processes is made by the first.
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

  test("never throws: it rejects", () => {
    const results = [
      createSubprocessExec(5 as never),
      createSubprocessExec("true", "x" as never),
      createSubprocessExec("true", [], null as never),
      createSubprocessShell(undefined as never),
    ];
    return Promise.all(results.map((result) => expect(result).rejects.toThrow(TypeError)));
  });
});
