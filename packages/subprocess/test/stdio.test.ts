import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  DEVNULL,
  PIPE,
  type Process,
  type ProcessOf,
  STDOUT,
  type StreamReader,
  type StreamWriter,
  type SubprocessOptions,
  createSubprocessExec,
  createSubprocessShell,
} from "@aio/subprocess";
import { describe, expect, expectTypeOf, test } from "vitest";
import { temporaryDirectory } from "./temporary-directory.ts";

const directory = temporaryDirectory();

describe("Process.stdin, .stdout and .stderr", () => {
  test("are null without a pipe, also in their types", async () => {
    const none = await createSubprocessExec("true");
    expectTypeOf(none).toEqualTypeOf<Process<null, null, null>>();
    expect([none.stdin, none.stdout, none.stderr]).toEqual([null, null, null]);
    const some = await createSubprocessExec("true", [], { stdin: PIPE, stderr: PIPE });
    expectTypeOf(some).toEqualTypeOf<Process<StreamWriter, null, StreamReader>>();
    expectTypeOf(await some.communicate("")).toEqualTypeOf<[stdout: null, stderr: Buffer]>();
    expect(some.stdout).toBeNull();
    await none.wait();
  });

  test("are nullable in the types if the option is not known at compile time", async () => {
    const isVerbose = process.argv.length > 1000;
    const some = await createSubprocessExec("true", [], { stderr: isVerbose ? PIPE : undefined });
    expectTypeOf(some.stderr).toEqualTypeOf<StreamReader | null>();
    const optional: { stdout?: typeof PIPE } = {};
    const other = await createSubprocessExec("true", [], optional);
    expectTypeOf(other.stdout).toEqualTypeOf<StreamReader | null>();
    const wide: SubprocessOptions = { stdout: PIPE };
    const any = await createSubprocessExec("true", [], wide);
    expectTypeOf(any).toEqualTypeOf<Process>();
    expectTypeOf(some).toExtend<Process>();
    expect([some.stderr, other.stdout]).toEqual([null, null]);
    expect(await any.communicate()).toEqual([Buffer.alloc(0), null]);
  });

  test("keep their types with options from a variable", async () => {
    const options = { stdout: PIPE, stderr: STDOUT };
    const echo = await createSubprocessExec("echo", [], options);
    expectTypeOf(echo.stdout).toEqualTypeOf<StreamReader>();
    expectTypeOf(echo.stderr).toEqualTypeOf<null>();
    expect(String((await echo.communicate())[0])).toBe("\n");
  });

  test("keep their types through a generic wrapper", async () => {
    async function run<const O extends SubprocessOptions>(options: O): Promise<ProcessOf<O>> {
      return createSubprocessExec("true", [], options);
    }
    async function runInShell<const O extends SubprocessOptions>(
      options: O,
    ): Promise<ProcessOf<O & { stdout: typeof PIPE }>> {
      return createSubprocessShell("echo", { ...options, stdout: PIPE });
    }
    const some = await run({ stderr: PIPE });
    expectTypeOf(some).toEqualTypeOf<Process<null, null, StreamReader>>();
    const other = await runInShell({ stdin: PIPE });
    expectTypeOf(other.stdin).toEqualTypeOf<StreamWriter>();
    expectTypeOf(other.stdout).toEqualTypeOf<StreamReader>();
    expect(await some.communicate()).toEqual([null, Buffer.alloc(0)]);
    expect(await other.communicate()).toEqual([Buffer.from("\n"), null]);
  });

  test("come with options whose names and values the compiler checks", () => {
    const calls = [
      // @ts-expect-error -- an option that does not exist
      createSubprocessExec("true", [], { stdOut: PIPE }),
      // @ts-expect-error -- a value that an option cannot have
      createSubprocessExec("true", [], { stdin: STDOUT }),
    ];
    return Promise.all(calls.map((call) => expect(call).rejects.toThrow(TypeError)));
  });
});

describe("DEVNULL", () => {
  const length = "wc -c";

  // test_subprocess.SubprocessMixin.test_devnull_input
  test("for stdin gives the child end of input", async () => {
    const shell = await createSubprocessShell(length, {
      stdin: DEVNULL,
      stdout: PIPE,
      stderr: PIPE,
    });
    expect((await shell.communicate()).map((bytes) => String(bytes).trim())).toEqual(["0", ""]);
  });

  // test_subprocess.SubprocessMixin.test_devnull_output
  test("for stdout makes communicate() return null for it", async () => {
    const shell = await createSubprocessShell(length, {
      stdin: PIPE,
      stdout: DEVNULL,
      stderr: PIPE,
    });
    expect(await shell.communicate("abc")).toEqual([null, Buffer.alloc(0)]);
    expect(shell.returncode).toBe(0);
  });

  // test_subprocess.SubprocessMixin.test_devnull_error
  test("for stderr makes communicate() return null for it", async () => {
    const shell = await createSubprocessShell(length, {
      stdin: PIPE,
      stdout: PIPE,
      stderr: DEVNULL,
    });
    expect((await shell.communicate("abc"))[1]).toBeNull();
    expect(shell.returncode).toBe(0);
  });
});

describe("STDOUT", () => {
  // nodejs/node#26516
  test("merges both outputs into one pipe, in the order of writing", async () => {
    const script = "for i in 1 2 3 4 5 6 7 8 9; do echo out$i; echo err$i >&2; done";
    const shell = await createSubprocessShell(script, { stdout: PIPE, stderr: STDOUT });
    const expected = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => `out${i}\nerr${i}\n`).join("");
    expect(String((await shell.communicate())[0])).toBe(expected);
  });

  test("is one kernel object under both descriptors", async () => {
    const script = "readlink /proc/self/fd/1; readlink /proc/self/fd/2";
    const shell = await createSubprocessShell(script, { stdout: PIPE, stderr: STDOUT });
    const [first, second] = String((await shell.communicate())[0]).split("\n");
    expect(first).toBe(second);
    expect(first).toMatch(/^socket:/);
  });

  test("keeps the outputs of concurrently created processes apart", async () => {
    const words = Array.from({ length: 20 }, (_, index) => `foo${index}`);
    const outputs = words.map(async (word) => {
      const script = `echo ${word}; echo ${word} >&2`;
      const shell = await createSubprocessShell(script, { stdout: PIPE, stderr: STDOUT });
      return String((await shell.communicate())[0]);
    });
    expect(await Promise.all(outputs)).toEqual(words.map((word) => `${word}\n${word}\n`));
  });

  test("follows stdout to the null device", async () => {
    const shell = await createSubprocessShell("readlink /proc/self/fd/2 > $F", {
      stdout: DEVNULL,
      stderr: STDOUT,
      env: { ...process.env, F: join(directory, "null") },
    });
    await shell.wait();
    expect(await readFile(join(directory, "null"), "utf8")).toBe("/dev/null\n");
  });

  test("follows stdout to a file, and to the parent's stdout", async () => {
    const file = await open(join(directory, "both"), "w");
    const shell = await createSubprocessShell("echo out; echo err >&2", {
      stdout: file,
      stderr: STDOUT,
    });
    expect(await shell.wait()).toBe(0);
    await file.close();
    expect(await readFile(join(directory, "both"), "utf8")).toBe("out\nerr\n");
    const script = 'test "$(readlink /proc/$$/fd/2)" = "$(readlink /proc/$PPID/fd/1)"';
    const inherited = await createSubprocessExec("bash", ["-c", script], { stderr: STDOUT });
    expect(await inherited.wait()).toBe(0);
  });

  test.each(["stdin", "stdout"])("is refused for %s", async (name) => {
    const options: SubprocessOptions = { [name]: STDOUT };
    await expect(createSubprocessExec("true", [], options)).rejects.toThrow(TypeError);
  });
});

describe("a descriptor", () => {
  test("is a number or an object that holds one, and is left for the caller to close", async () => {
    await using input = await open("/etc/hostname");
    await using file = await open(join(directory, "copy"), "w+");
    const cat = await createSubprocessExec("cat", [], { stdin: input, stdout: file });
    expect(await cat.wait()).toBe(0);
    const { size } = await file.stat();
    expect(size).toBeGreaterThan(0);
    const echo = await createSubprocessExec("echo", ["more"], { stdout: file.fd });
    expect(await echo.wait()).toBe(0);
    expect((await file.stat()).size).toBe(size + 5);
    expect((await input.stat()).isFile()).toBe(true);
  });

  test("can be taken from a file stream once it is open", async () => {
    const stream = createReadStream("/etc/hostname");
    await expect(createSubprocessExec("cat", [], { stdin: stream })).rejects.toThrow(TypeError);
    await new Promise((resolve) => stream.once("ready", () => resolve(true)));
    const process = await createSubprocessExec("cat", [], { stdin: stream, stdout: PIPE });
    expect((await process.communicate())[0].length).toBeGreaterThan(0);
    stream.destroy();
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 31])("rejects %d with a RangeError", async (fd) => {
    await expect(createSubprocessExec("true", [], { stdout: fd })).rejects.toThrow(RangeError);
  });

  test.each(["inherit", "", {}, { fd: "1" }, null, true])(
    "rejects %j with a TypeError",
    async (value) => {
      const options = { stderr: value as never };
      await expect(createSubprocessExec("true", [], options)).rejects.toThrow(TypeError);
    },
  );
});
