import type { Difference } from "../scenarios/difference.ts";

/** What processes do otherwise than asyncio's on purpose. Each has its line in the README. */
export const differences: readonly Difference[] = [
  {
    row: "cancelled `communicate()` keeps what it read",
    scenario: "cancelled, and taken up again",
    step: "proc communicate",
    ours: "process",
    asyncio: String.raw`"ok" "two\n" ""`,
    aio: String.raw`"ok" "one\ntwo\n" ""`,
  },
  {
    row: "`wait()` never waits for the pipes",
    scenario: "a grandchild that holds the output, waited for before the end",
    step: "pending waiting",
    ours: "process",
    asyncio: '"ok" true',
    aio: '"ok" false',
  },
  {
    row: "**Files without `#!`.**",
    scenario: "a file that cannot be run",
    step: 'proc start program="/etc/hostname"',
    ours: "process",
    asyncio: '"ENOEXEC"',
    aio: '"ok"',
  },
  {
    row: "`stdin: STDOUT` is a `TypeError`",
    scenario: "an input that cannot be",
    step: 'proc start "echo" stdin=stdout',
    ours: "process",
    asyncio: '"EBADF"',
    aio: '"argument"',
  },
];
