import {
  PIPE,
  type SubprocessOptions,
  createSubprocessExec,
  createSubprocessShell,
} from "@aio/subprocess";
import { describe, expect, test } from "vitest";

const invalid = expect.objectContaining({ name: "TypeError", code: "ERR_INVALID_ARG_VALUE" });
const create = (options: object) => createSubprocessExec("true", [], options);

describe("createSubprocessExec() and createSubprocessShell()", () => {
  // test_subprocess.SubprocessMixin.test_create_subprocess_exec_text_mode_fails
  // test_subprocess.SubprocessMixin.test_create_subprocess_shell_text_mode_fails
  test.each(["text", "encoding", "errors", "universalNewlines", "bufsize", "shell", "stdOut"])(
    "refuse an unknown option: %s",
    async (name) => {
      const options = { [name]: true } as SubprocessOptions;
      await expect(create(options)).rejects.toThrow(invalid);
      await expect(create(options)).rejects.toThrow(name);
      await expect(createSubprocessShell("true", options)).rejects.toThrow(invalid);
    },
  );

  test.each([
    ["shell", "createSubprocessShell(command)"],
    ["text", "lines()"],
    ["encoding", "lines()"],
    ["universal_newlines", "lines()"],
    ["timeout", "signal: AbortSignal.timeout(milliseconds)"],
    ["input", "communicate(input)"],
    ["start_new_session", "startNewSession"],
    ["pass_fds", "passFds"],
    ["preexec_fn", "startNewSession, umask, user or group"],
    ["close_fds", "passFds"],
    ["stdio", "stdin, stdout and stderr"],
    ["detached", "startNewSession"],
    ["uid", "user"],
    ["gid", "group"],
    ["argv0", "executable"],
    ["killSignal", "sendSignal(signal)"],
    ["cdw", "cwd"],
    ["stdErr", "stderr"],
    ["maxBuffer", "maxOutput"],
  ])("refuse %s, and say what to use: %s", async (name, hint) => {
    const options = { [name]: true } as SubprocessOptions;
    await expect(create(options)).rejects.toThrow(`Unknown option: ${name}; use `);
    await expect(create(options)).rejects.toThrow(hint);
  });

  test("refuse an array as options, and say how to pass arguments", async () => {
    const list = ["-l"] as never;
    const invalidType = expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" });
    await expect(createSubprocessShell("ls", list)).rejects.toThrow(invalidType);
    await expect(createSubprocessShell("ls", list)).rejects.toThrow("createSubprocessExec(");
    await expect(createSubprocessExec("ls", [], list)).rejects.toThrow(invalidType);
    await expect(createSubprocessExec("ls", { stdout: PIPE } as never)).rejects.toThrow(
      "Invalid args: expected an array of strings, before the options",
    );
  });

  test("refuse sparse arrays, whose holes would become the text undefined", async () => {
    const args: string[] = [];
    args[1] = "b";
    await expect(createSubprocessExec("echo", args)).rejects.toThrow("Invalid args[0]");
    const passFds: number[] = [];
    passFds[1] = 3;
    await expect(create({ passFds })).rejects.toThrow("Invalid passFds[0]");
  });

  test("refuse a program or a command of the wrong type", async () => {
    for (const nothing of [5, null, undefined, {}, ["true"], Buffer.from("true")] as never[]) {
      await expect(createSubprocessExec(nothing)).rejects.toThrow(TypeError);
      await expect(createSubprocessShell(nothing)).rejects.toThrow(TypeError);
    }
    await expect(createSubprocessExec("")).rejects.toThrow(invalid);
    await expect(createSubprocessExec(new URL("http://localhost/x"))).rejects.toThrow(TypeError);
  });

  test.each([[[5]], [[null]], [[undefined]], [{}], ["x"]])(
    "refuse arguments that are not text: %j",
    async (args) => {
      await expect(createSubprocessExec("echo", args as never)).rejects.toThrow(TypeError);
    },
  );

  test.each([
    ["a NUL character", "a\0b"],
    ["a lone surrogate", "a\ud800b"],
  ])("refuse %s, which would not reach the child unchanged", async (_, text) => {
    const creations = [
      createSubprocessExec(text),
      createSubprocessExec("echo", [text]),
      createSubprocessShell(text),
      create({ cwd: text }),
      create({ executable: text }),
      create({ env: { NAME: text } }),
      create({ env: { [text]: "value" } }),
    ];
    await Promise.all(creations.map((creation) => expect(creation).rejects.toThrow(invalid)));
  });

  test.each(["", "A=B", "=", "=A"])("refuse the name %j in env", async (name) => {
    await expect(create({ env: { [name]: "value" } })).rejects.toThrow(invalid);
  });

  test.each([[5], [null], ["A=B"], [{ A: 5 }], [{ A: null }]])("refuse %j as env", async (env) => {
    await expect(create({ env })).rejects.toThrow(TypeError);
  });

  test("pass unusual names and values of env unchanged", async () => {
    const env = { "a.b": "1", "npm_config_//x": "=", "": undefined, "A B": " \n$x" };
    const printed = await createSubprocessExec("/usr/bin/env", ["-0"], { env, stdout: PIPE });
    const lines = String((await printed.communicate())[0]).split("\0");
    expect(lines.toSorted()).toEqual(["", "A B= \n$x", "a.b=1", "npm_config_//x=="]);
  });

  test.each([
    { limit: 0 },
    { limit: -1 },
    { limit: 1.5 },
    { limit: Number.NaN },
    { graceMs: -1 },
    { graceMs: 2 ** 31 },
    { umask: -1 },
    { umask: 0o1000 },
    { user: -1 },
    { group: 2 ** 31 },
    { passFds: [-1] },
    { passFds: [2] },
    { passFds: [65_536] },
  ])("refuse a number out of range: %j", async (options) => {
    await expect(create({ ...options, stdout: PIPE })).rejects.toThrow(RangeError);
  });

  test.each([
    { limit: "1" },
    { graceMs: null },
    { umask: "022" },
    { user: "" },
    { user: {} },
    { group: "a:b" },
    { group: "-x" },
    { passFds: 3 },
    { passFds: ["3"] },
    { killTree: 1 },
    { startNewSession: "yes" },
    { windowsHide: 0 },
    { pipes: "socket" },
    { env: ["A=B"] },
    { cwd: 5 },
    { cwd: "" },
    { cwd: new URL("http://localhost/") },
    { executable: 5 },
    { executable: "" },
  ])("refuse a value of the wrong kind: %j", async (options) => {
    await expect(create(options)).rejects.toThrow(TypeError);
  });

  test("treat undefined as not given", async () => {
    const names = "limit cwd env executable umask user group passFds signal graceMs pipes";
    const options = Object.fromEntries(names.split(" ").map((name) => [name, undefined]));
    expect(await (await create({ ...options, signal: null, killTree: undefined })).wait()).toBe(0);
  });

  test("never let a shell interpret the arguments", async () => {
    const args = ["; echo injected", "$(echo injected)", "`echo injected`", "| cat", "--", "-n"];
    const echo = await createSubprocessExec("printf", ["%s\n", ...args], { stdout: PIPE });
    expect(String((await echo.communicate())[0])).toBe(`${args.join("\n")}\n`);
    await expect(createSubprocessExec("true; true")).rejects.toThrow("ENOENT");
  });
});
