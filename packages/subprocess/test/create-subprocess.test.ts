import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PIPE, createSubprocessExec, createSubprocessShell } from "@aio/subprocess";
import { describe, expect, test } from "vitest";
import { runProgram } from "./program.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const directory = temporaryDirectory();

async function output(promise: ReturnType<typeof piped>): Promise<string> {
  const [stdout] = await (await promise).communicate();
  return String(stdout);
}
const id = (options: object) => output(piped("sh", ["-c", "id -u; id -g"], options));
const piped = (program: string | URL, args: string[] = [], options: object = {}) =>
  createSubprocessExec(program, args, { ...options, stdout: PIPE });

describe("createSubprocessExec()", () => {
  // test_subprocess.SubprocessMixin.test_stdin_stdout
  test("resolves to a process to write to, read from and wait for", async () => {
    const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
    cat.stdin.write("some data");
    await cat.stdin.drain();
    cat.stdin.close();
    expect(String(await cat.stdout.read())).toBe("some data");
    expect(await cat.wait()).toBe(0);
  });

  test("passes the arguments unchanged, without a shell", async () => {
    const args = ["$HOME", "*", "a b", "", "'", '"', "\\", "ü\n", "-n"];
    const script = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
    expect(
      JSON.parse(await output(piped(process.execPath, ["-e", script, "--", ...args]))),
    ).toEqual(args);
  });

  // test_subprocess.SubprocessMixin.test_create_subprocess_exec_with_path
  test("accepts a file: URL for the program and for cwd", async () => {
    expect(
      await output(piped(pathToFileURL("/bin/pwd"), [], { cwd: new URL("file:///usr") })),
    ).toBe("/usr\n");
  });

  // test_subprocess.SubprocessMixin.test_create_subprocess_env_exec
  test("replaces the environment with env, and skips undefined values", async () => {
    const env = { FOO: "baz", BAR: undefined };
    expect(await output(piped("/usr/bin/env", [], { env }))).toBe("FOO=baz\n");
  });

  test("inherits the environment without env", async () => {
    process.env["AIO_TEST_VARIABLE"] = "inherited";
    try {
      expect(await output(piped("printenv", ["AIO_TEST_VARIABLE"]))).toBe("inherited\n");
    } finally {
      delete process.env["AIO_TEST_VARIABLE"];
    }
  });

  test("finds the program through the PATH of the given env", async () => {
    const script = join(directory, "only-here");
    await writeFile(script, "#!/bin/sh\necho found\n");
    await chmod(script, 0o755);
    expect(await output(piped("only-here", [], { env: { PATH: directory } }))).toBe("found\n");
    await expect(piped("only-here")).rejects.toThrow(expect.objectContaining({ code: "ENOENT" }));
    expect(await output(piped("./only-here", [], { cwd: directory }))).toBe("found\n");
  });

  test("runs executable, with program as argv[0]", async () => {
    const args = ["-c", 'echo "$0"'];
    expect(await output(piped("some-name", args, { executable: "/bin/sh" }))).toBe("some-name\n");
  });

  test("sets the umask of the child, not of the parent", async () => {
    const before = process.umask();
    expect(await output(piped("sh", ["-c", "umask"], { umask: 0o27 }))).toMatch(/^0*27\n$/);
    expect(process.umask()).toBe(before);
  });

  test("rejects umask in a worker thread, which cannot set it", async () => {
    const { stdout, stderr } = await runProgram(`
      import { Worker } from "node:worker_threads";
      const source = \`import("@aio/subprocess").then(async ({ createSubprocessExec }) => {
        const refused = createSubprocessExec("true", [], { umask: 0o22 });
        const code = await refused.catch((error) => error.code);
        console.log(code, await (await createSubprocessExec("true")).wait());
      })\`;
      new Worker(source, { eval: true });
    `);
    expect({ stdout, stderr }).toEqual({
      stdout: "ERR_WORKER_UNSUPPORTED_OPERATION 0\n",
      stderr: "",
    });
  });

  test("starts the child with the default signal dispositions", async () => {
    const lines = (await output(piped("cat", ["/proc/self/status"]))).split("\n");
    const masks = lines.filter((line) => /^Sig(Ign|Blk):/.test(line));
    // The C library reserves signals 32 and 33; a parent process may have blocked them.
    const others = ~(3n << 31n);
    expect(masks.map((line) => BigInt(`0x${line.split("\t")[1]}`) & others)).toEqual([0n, 0n]);
  });

  test.runIf(process.getuid?.() === 0)("runs as user and group, by id or by name", async () => {
    expect(await id({ user: 65_534, group: 12 })).toBe("65534\n12\n");
    expect(await id({ user: "nobody", group: "daemon" })).toMatch(/^65534\n1\n$/);
  });

  test.each(["user", "group"])(
    "rejects with a TypeError that names an unknown %s",
    async (name) => {
      const message = expect.stringContaining("no-such-name");
      const expected = expect.objectContaining({ name: "TypeError", message });
      await expect(piped("true", [], { [name]: "no-such-name" })).rejects.toThrow(expected);
    },
  );

  // test_subprocess.SubprocessMixin.test_subprocess_communicate_stdout
  test("keeps the outputs of concurrently created processes apart", async () => {
    const words = Array.from({ length: 20 }, (_, index) => `foo${index}\n`);
    const outputs = words.map((word) => output(piped("printf", ["%s", word])));
    expect(await Promise.all(outputs)).toEqual(words);
  });
});

describe("createSubprocessShell()", () => {
  // test_subprocess.SubprocessMixin.test_shell
  test("runs a command line", async () => {
    const shell = await createSubprocessShell("exit 7");
    expect(await shell.wait()).toBe(7);
  });

  // test_subprocess.SubprocessMixin.test_create_subprocess_env_shell
  test("replaces the environment with env", async () => {
    const shell = await createSubprocessShell("printf %s $FOO", {
      env: { FOO: "bar" },
      stdout: PIPE,
    });
    expect(String((await shell.communicate())[0])).toBe("bar");
  });

  test("reports a command that the shell does not find as return code 127", async () => {
    const shell = await createSubprocessShell("no-such-command 2>/dev/null");
    expect(await shell.wait()).toBe(127);
  });

  test("runs an empty command line, which does nothing", async () => {
    expect(await (await createSubprocessShell("")).wait()).toBe(0);
  });

  test("has the pid of the shell", async () => {
    const shell = await createSubprocessShell("echo $$; :", { stdout: PIPE });
    expect(String((await shell.communicate())[0])).toBe(`${shell.pid}\n`);
  });

  test("runs the shell given as executable", async () => {
    const options = { executable: "/bin/bash", stdout: PIPE } as const;
    const shell = await createSubprocessShell("echo ${BASH_VERSION:+bash}", options);
    expect(String((await shell.communicate())[0])).toBe("bash\n");
  });
});

describe("startNewSession", () => {
  const session = "cut -d' ' -f5,6 /proc/self/stat";

  // test_subprocess.SubprocessMixin.test_start_new_session
  test("makes the child the leader of a session and a process group", async () => {
    const shell = await createSubprocessShell(`${session}; exit 8`, {
      startNewSession: true,
      stdout: PIPE,
    });
    expect(String((await shell.communicate())[0])).toBe(`${shell.pid} ${shell.pid}\n`);
    expect(shell.returncode).toBe(8);
  });

  test("is off by default", async () => {
    const shell = await createSubprocessShell(`${session}; :`, { stdout: PIPE });
    expect(String((await shell.communicate())[0])).not.toContain(`${shell.pid}`);
  });
});

describe("passFds", () => {
  test("passes the listed descriptors to the child under the same numbers, and no others", async () => {
    const handle = await import("node:fs/promises").then((fs) => fs.open("/etc/hostname"));
    try {
      const script = `cat <&${handle.fd}; ls /proc/self/fd`;
      const shell = await createSubprocessExec("bash", ["-c", script], {
        stdout: PIPE,
        passFds: [handle.fd],
      });
      const lines = String((await shell.communicate())[0]).split("\n");
      expect(lines).toContain(`${handle.fd}`);
      expect(lines.filter((line) => /^\d+$/.test(line) && Number(line) < handle.fd)).toHaveLength(
        4,
      );
    } finally {
      await handle.close();
    }
  });
});
