import { inspect } from "node:util";
import { PIPE, createSubprocessExec } from "@aio/subprocess";
import { expect, test } from "vitest";

test("A process and its streams are not wrapped by Vue, and a proxy of one shows its name", async () => {
  const cat = await createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
  for (const [name, object] of Object.entries({
    Process: cat,
    StreamReader: cat.stdout,
    StreamWriter: cat.stdin,
  })) {
    // Vue makes reactive what is shown as "[object Object]" or "[object Array]".
    expect(Object.prototype.toString.call(object)).toBe(`[object ${name}]`);
    expect(inspect(new Proxy(object, {}))).toBe(name);
  }
  expect(inspect(cat)).toBe(`<Process ${cat.pid} running>`);
  await cat.communicate();
  expect(inspect(cat)).toBe(`<Process ${cat.pid} returncode=0>`);
});
