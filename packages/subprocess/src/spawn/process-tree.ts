import { readFileSync, readdirSync } from "node:fs";
import { constants } from "node:os";

// The tree of processes below one, for a child that has to stay in its terminal's foreground group
// and so cannot have a group of its own. Each process is stopped before its children are looked
// for: one that runs could fork behind our back. The walk goes on until a round finds nobody new.
// A process whose parent has ended belongs to init, and nothing links it to us any more: it is
// missed, which is why a group is the first choice. Linux only: it reads /proc.

/** Send a signal to a process and to all of its descendants, children after parents. */
export function signalTree(root: number, signal: number): void {
  const found = new Set<number>();
  let round = [root];
  while (round.length > 0) {
    for (const pid of round) {
      found.add(pid);
      kill(pid, "SIGSTOP");
    }
    round = childrenOf(found);
  }
  for (const pid of found) kill(pid, signal);
  // What was stopped only for the walk goes on, and meets the signal.
  if (signal === constants.signals.SIGSTOP) return;
  for (const pid of found) kill(pid, "SIGCONT");
}

function childrenOf(parents: ReadonlySet<number>): number[] {
  const children: number[] = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (Number.isInteger(pid) && !parents.has(pid) && parents.has(parentOf(pid)))
      children.push(pid);
  }
  return children;
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // "pid (name) state ppid ...", and the name can hold anything, parentheses included.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ", 2)[1]);
  } catch {
    return 0;
  }
}

function kill(pid: number, signal: number | NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile, or it runs as somebody else: the others still get theirs.
  }
}
