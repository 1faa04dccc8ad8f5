import { type Host, type Request, ending } from "./host.ts";
import type { Scenario, Step } from "./language.ts";

/** The host of each part. The parts are `client` and `server`, or `process`. */
export interface Cast {
  readonly partOf: (target: string) => string;
  readonly hosts: Readonly<Record<string, Host>>;
}

/** One step of a run: its host, and how it ended. */
export interface Line {
  readonly step: Step;
  readonly host: Host["name"];
  readonly outcome: string;
}

const patience = 20_000;
let runs = 0;

/** Run a scenario, and record how each step ended. A step that hangs ends the run. */
export async function run(
  scenario: Scenario,
  { partOf, hosts }: Cast,
  setting: Request["setting"],
): Promise<Line[]> {
  runs += 1;
  const run = runs;
  const told = { ...setting };
  const lines: Line[] = [];
  const perform = async (part: string, step: Step): Promise<boolean> => {
    const host = hosts[part];
    if (host === undefined) throw new Error(`There is no host for the part ${part}`);
    const request = { world: `${run} ${part}`, step, setting: { ...told } };
    const reply = await inTime(host.perform(request));
    Object.assign(told, reply?.setting);
    const outcome = reply?.outcome.map((value) => JSON.stringify(value)).join(" ") ?? "hangs";
    lines.push({ step, host: host.name, outcome });
    return reply !== undefined;
  };
  const parts = new Map<string, string>();
  for (const step of scenario.steps) {
    const part = parts.get(step.target) ?? partOf(step.target);
    if (step.label !== null) parts.set(step.label, part);
    if (!(await perform(part, step))) break;
  }
  for (const part of Object.keys(hosts)) await perform(part, { ...ending, text: `${part} ends` });
  return lines;
}

async function inTime<T>(promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, patience, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
