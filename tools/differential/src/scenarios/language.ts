import { readFileSync, readdirSync } from "node:fs";

/** An argument of a verb: text, a number, a word, or text repeated a number of times. */
export type Argument = string | number | readonly [text: string, times: number];

/** One line of a scenario. */
export interface Step {
  readonly text: string;
  /** The label of the call, if the scenario does not wait for it. */
  readonly label: string | null;
  /** The actor, such as `client` or `server`; for `await`, `cancel` and `pending`, a label. */
  readonly target: string;
  readonly verb: string;
  readonly args: readonly Argument[];
  readonly options: Readonly<Record<string, Argument>>;
}

/** A sequence of steps, and what they run over. */
export interface Scenario {
  readonly name: string;
  /** What it runs over, such as `tcp` or `unix`. */
  readonly over: readonly string[];
  /** The minor version of CPython 3 that it requires. */
  readonly since: number;
  /** The part in which asyncio hangs, if any: `server` or `client`. */
  readonly beyondAsyncio: string | undefined;
  readonly steps: readonly Step[];
}

/**
 * The scenarios of one kind, from all files of a folder in `scenarios/`. A line that is not indented
 * starts a scenario, or an opening that several share; indented lines are steps.
 *
 *     open:
 *       server start
 *       client connect
 *
 *     a name [what it runs over] after open
 *       client write "hello\n"      the actor, the verb, the arguments
 *       client write 70000*"x"      repeated text
 *       server2 start limit=4       options by name
 *       reading = peer readline     a call that the scenario does not wait for
 *       pending reading             whether it has not ended; also `cancel reading`, `await reading`
 *
 * After what it runs over come the version of CPython that it requires, and the part in which asyncio
 * would hang: `[tcp unix 3.13 no-asyncio-server]`.
 */
export function scenariosOf(kind: string): Scenario[] {
  const folder = new URL(`../../scenarios/${kind}/`, import.meta.url);
  return readdirSync(folder).flatMap((file) =>
    parseScenarios(readFileSync(new URL(file, folder), "utf8")),
  );
}

/** Parse the text of a file of scenarios. */
export function parseScenarios(text: string): Scenario[] {
  const openings = new Map<string, readonly Step[]>();
  const scenarios: Scenario[] = [];
  for (const block of text.trim().split(/\n(?=\S)/)) {
    const [head = "", ...lines] = block.split("\n").map((line) => line.trim());
    const steps = lines.filter((line) => line !== "").map(stepOf);
    if (head.endsWith(":")) openings.set(head.slice(0, -1), steps);
    else scenarios.push(scenarioOf(head, steps, openings));
  }
  return scenarios;
}

function scenarioOf(
  head: string,
  steps: readonly Step[],
  openings: ReadonlyMap<string, readonly Step[]>,
): Scenario {
  const [, name = "", words = "", opening] = /^(.*) \[(.*)\](?: after (\w+))?$/.exec(head) ?? [];
  const first = opening === undefined ? [] : openings.get(opening);
  if (name === "" || first === undefined) throw new Error(`Cannot read the scenario: ${head}`);
  const all = words.split(" ");
  const since = all.find((word) => word.startsWith("3."));
  const beyond = all.find((word) => word.startsWith("no-asyncio-"));
  return {
    name,
    over: all.filter((word) => word !== since && word !== beyond),
    since: Number(since?.slice(2) ?? 0),
    beyondAsyncio: beyond?.slice("no-asyncio-".length),
    steps: [...first, ...steps],
  };
}

const aboutCalls = new Set(["await", "cancel", "pending"]);

const token = /(?:(\w+)=)?(?:(\d+)\*)?("(?:[^"\\]|\\.)*"|[^\s"]+)/g;

function stepOf(text: string): Step {
  const [, label = null, call = ""] = /^(?:(\w+) = )?(.*)$/.exec(text) ?? [];
  const [first = "", second = ""] = call.split(/\s+/);
  if (aboutCalls.has(first)) {
    return { text, label: null, target: second, verb: first, args: [], options: {} };
  }
  const args: Argument[] = [];
  const options: Record<string, Argument> = {};
  for (const [, name, times, value = ""] of call
    .slice(first.length + second.length + 1)
    .matchAll(token)) {
    const argument = argumentOf(value, times);
    if (name === undefined) args.push(argument);
    else options[name] = argument;
  }
  return { text, label, target: first, verb: second, args, options };
}

function argumentOf(value: string, times: string | undefined): Argument {
  const isText = value.startsWith('"');
  const plain = isText ? (JSON.parse(value) as string) : value;
  if (times !== undefined) return [plain, Number(times)];
  return !isText && /^-?\d+$/.test(value) ? Number(value) : plain;
}
