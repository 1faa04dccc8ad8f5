import type { Difference } from "../scenarios/difference.ts";

/** The intended differences between processes here and in asyncio. Each has a line in the README. */
export const differences: readonly Difference[] = [
  {
    row: "cancelled `communicate()` keeps what it read",
    scenario: "a cancelled communicate(), then another for the rest",
    step: "proc communicate",
    ours: "process",
    asyncio: String.raw`"ok" "two\n" ""`,
    aio: String.raw`"ok" "one\ntwo\n" ""`,
  },
  {
    row: "`wait()` never waits for the pipes",
    scenario: "wait() before the exit while a grandchild holds the output",
    step: "pending waiting",
    ours: "process",
    asyncio: '"ok" true',
    aio: '"ok" false',
  },
  {
    row: "**Files without `#!`.**",
    scenario: "a file that is not executable",
    step: 'proc start program="/etc/hostname"',
    ours: "process",
    asyncio: '"ENOEXEC"',
    aio: '"ok"',
  },
  {
    row: "`stdin: STDOUT` is a `TypeError`",
    scenario: "an invalid stdin",
    step: 'proc start "echo" stdin=stdout',
    ours: "process",
    asyncio: '"EBADF"',
    aio: '"argument"',
  },
];
