import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  PIPE,
  STDOUT,
  createSubprocessExec,
  createSubprocessShell,
  openPipe,
} from "@aio/subprocess";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "./temporary-directory.ts";

const directory = temporaryDirectory();

describe("git", () => {
  test("commits what it reads from stdin, and prints the log line by line", async () => {
    const cwd = join(directory, "repository");
    await mkdir(cwd);
    const env = {
      PATH: process.env["PATH"],
      HOME: cwd,
      GIT_AUTHOR_NAME: "A",
      GIT_AUTHOR_EMAIL: "a@localhost",
      GIT_COMMITTER_NAME: "A",
      GIT_COMMITTER_EMAIL: "a@localhost",
    };
    const git = async (args: string[], input = "") => {
      const options = { cwd, env, stdin: PIPE, stdout: PIPE, stderr: STDOUT } as const;
      const process = await createSubprocessExec("git", args, options);
      const [stdout] = await process.communicate(input);
      expect([process.returncode, String(stdout)]).toEqual([0, expect.any(String)]);
      return String(stdout).trim();
    };
    await git(["init", "--quiet"]);
    const blob = await git(["hash-object", "-w", "--stdin"], "hello\n");
    expect(blob).toBe("ce013625030ba8dba906f756967f9e9ca394464a");
    const tree = await git(["mktree"], `100644 blob ${blob}\thello.txt\n`);
    const commit = await git(["commit-tree", tree, "-F", "-"], "first\n\nwhy\n");
    const log = await createSubprocessExec("git", ["log", "--format=%s", commit], {
      cwd,
      env,
      stdout: PIPE,
    });
    const subjects: string[] = [];
    for await (const subject of log.stdout.lines()) subjects.push(subject);
    expect(subjects).toEqual(["first"]);
    expect(await log.wait()).toBe(0);
  });

  test("fails with its message on stderr and 128", async () => {
    const git = await createSubprocessExec("git", ["log"], { cwd: "/", stderr: PIPE });
    expect(String((await git.communicate())[1])).toContain("not a git repository");
    expect(git.returncode).toBe(128);
  });
});

describe("tar and gzip", () => {
  test("pack through an operating system pipe, and unpack from memory", async () => {
    const source = join(directory, "source");
    const target = join(directory, "target");
    await Promise.all([mkdir(source), mkdir(target)]);
    await writeFile(join(source, "data"), "0123456789\n".repeat(200_000));
    const { read, write } = await openPipe();
    const tar = await createSubprocessExec("tar", ["-cf", "-", "data"], {
      cwd: source,
      stdout: write,
    });
    write.close();
    const gzip = await createSubprocessExec("gzip", ["-c"], { stdin: read, stdout: PIPE });
    read.close();
    const [archive] = await gzip.communicate();
    expect(await tar.wait()).toBe(0);
    expect(gunzipSync(archive).length).toBeGreaterThan(2_200_000);
    const untar = await createSubprocessExec("tar", ["-xzf", "-"], { cwd: target, stdin: PIPE });
    await untar.communicate(archive);
    expect(untar.returncode).toBe(0);
    expect(await readFile(join(target, "data"), "utf8")).toHaveLength(2_200_000);
  });
});

describe("sort", () => {
  test("sorts a hundred thousand lines that are written one by one", async () => {
    const sort = await createSubprocessExec("sort", ["-n"], { stdin: PIPE, stdout: PIPE });
    const reading = sort.stdout.read();
    for (let number = 100_000; number > 0; number--) {
      sort.stdin.write(`${number}\n`);
      if (number % 1000 === 0) await sort.stdin.drain();
    }
    sort.stdin.close();
    const lines = String(await reading).split("\n");
    expect([lines.length, lines[0], lines[99_999]]).toEqual([100_001, "1", "100000"]);
    expect(await sort.wait()).toBe(0);
  });
});

describe("python3", () => {
  test("answers questions one by one", async () => {
    const script = "import sys\nfor line in sys.stdin: print(eval(line), flush=True)";
    await using python = await createSubprocessExec("python3", ["-c", script], {
      stdin: PIPE,
      stdout: PIPE,
    });
    python.stdin.write("6 * 7\n");
    expect(String(await python.stdout.readline())).toBe("42\n");
    python.stdin.write("2 ** 100\n");
    expect(String(await python.stdout.readline())).toBe("1267650600228229401496703205376\n");
    python.stdin.close();
    expect(await python.wait()).toBe(0);
  });

  test("reads /dev/stdin through an operating system pipe", async () => {
    const script = 'print(len(open("/dev/stdin").read()))';
    const options = { stdin: PIPE, stdout: PIPE, pipes: "os" } as const;
    const python = await createSubprocessExec("python3", ["-c", script], options);
    expect(String((await python.communicate("abc"))[0])).toBe("3\n");
  });
});

describe("sqlite3", () => {
  test("runs statements from stdin, where it is installed", async ({ skip }) => {
    const which = await createSubprocessShell("command -v sqlite3 >/dev/null");
    if ((await which.wait()) !== 0) skip();
    const sqlite = await createSubprocessExec("sqlite3", ["-json"], { stdin: PIPE, stdout: PIPE });
    const input = "create table t(a, b); insert into t values (1, 'x'), (2, 'y'); select * from t;";
    const [stdout] = await sqlite.communicate(input);
    expect(JSON.parse(String(stdout))).toEqual([
      { a: 1, b: "x" },
      { a: 2, b: "y" },
    ]);
  });
});

describe("sh", () => {
  test("lists its arguments, quoted by sh itself", async () => {
    const shell = await createSubprocessShell('set -- "a b" c; for x; do echo "[$x]"; done', {
      stdout: PIPE,
    });
    expect(String((await shell.communicate())[0])).toBe("[a b]\n[c]\n");
  });
});
