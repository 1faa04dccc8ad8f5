import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PIPE, STDOUT, createSubprocessExec } from "@aio/subprocess";
import { describe, expect, test } from "vitest";
import { runProgram } from "./program.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const directory = temporaryDirectory();
for (const name of ["given", "other"]) writeFileSync(join(directory, name), name);

const isRoot = process.getuid?.() === 0;
const lateStarts = [
  ["it needs a merged pipe", { stdout: PIPE, stderr: STDOUT }, true],
  ["it needs operating system pipes", { stdout: PIPE, pipes: "os" }, true],
  ["its user is looked up", { stdout: PIPE, user: "root" }, isRoot],
] as const;

describe("A process that starts after the call, because", () => {
  for (const [why, options, isPossible] of lateStarts) {
    test.runIf(isPossible)(`${why}, never gets a file that was opened after the call`, async () => {
      const given = openSync(join(directory, "given"), "r");
      const starting = createSubprocessExec("cat", [], { ...options, stdin: given });
      closeSync(given);
      const other = openSync(join(directory, "other"), "r");
      expect(other).toBe(given);
      const outcome = await starting.then(
        async (cat) => String((await cat.communicate())[0]),
        (error: NodeJS.ErrnoException) => error.code,
      );
      expect(["given", "EBADF"]).toContain(outcome);
      closeSync(other);
      const kept = openSync(join(directory, "given"), "r");
      const cat = await createSubprocessExec("cat", [], { ...options, stdin: kept });
      closeSync(kept);
      expect(String((await cat.communicate())[0])).toBe("given");
    });

    test.runIf(isPossible)(
      `${why}, inherits the umask, environment and directory of the call`,
      async () => {
        const { stdout, stderr } = await runProgram(`
        import { PIPE, STDOUT, createSubprocessExec } from "@aio/subprocess";
        const script = 'umask; echo "$AIO_TEST"; pwd; read -r line; echo "$line"; pwd >&2';
        process.chdir("/usr");
        process.umask(0o22);
        process.env.AIO_TEST = "at the call";
        const options = { ...${JSON.stringify(options)}, stdin: PIPE };
        const start = (others) => createSubprocessExec("sh", ["-c", script], { ...options, ...others });
        const starting = [start({}), start({ cwd: "lib", umask: 0o27, env: { AIO_TEST: "given" } })];
        process.chdir("/");
        process.umask(0o77);
        process.env.AIO_TEST = "later";
        for (const shell of await Promise.all(starting)) {
          const [stdout] = await shell.communicate("input\\n");
          console.log(String(stdout).split("\\n").slice(0, 4).join(" "));
        }
      `);
        expect(stdout).toBe("0022 at the call /usr input\n0027 given /usr/lib input\n");
        expect(stderr).not.toContain("Error");
      },
    );
  }
});
