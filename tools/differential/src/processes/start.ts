import {
  DEVNULL,
  PIPE,
  type Process,
  STDOUT,
  type SubprocessOptions,
  createSubprocessExec,
  createSubprocessShell,
} from "@aio/subprocess";
import type { Doing } from "../scenarios/verbs.ts";
import type { World } from "./world.ts";

const streams: Readonly<Record<string, string | undefined>> = {
  pipe: PIPE,
  devnull: DEVNULL,
  stdout: STDOUT,
  inherit: undefined,
};

/** Start the shell script of a step, or its program if it names one. */
export function start({ world, args, options, signal }: Doing<World>): Promise<Process> {
  const { program, shell } = options;
  const settings: Record<string, unknown> = { signal };
  if (world.setting.over === "os") settings["pipes"] = "os";
  const standard = { stdin: "devnull", stdout: "pipe", stderr: "devnull", ...options };
  for (const name of ["stdin", "stdout", "stderr"] as const) {
    const word = standard[name];
    settings[name] = word === "file" ? world.open("a") : streams[word];
  }
  for (const name of ["limit", "cwd", "executable"]) {
    if (name in options) settings[name] = options[name];
  }
  const { env, umask, session, pass } = options;
  if (env !== undefined) {
    settings["env"] = Object.fromEntries(
      String(env)
        .split(" ")
        .map((pair) => pair.split("=")),
    );
  }
  if (umask !== undefined) settings["umask"] = Number.parseInt(String(umask), 8);
  if (session !== undefined) settings["startNewSession"] = true;
  let script = args.join("");
  if (pass !== undefined) {
    const descriptor = world.open("r");
    if (pass === "yes") settings["passFds"] = [descriptor];
    script = script.replaceAll("{fd}", String(descriptor));
  }
  const all = settings as SubprocessOptions;
  if (shell !== undefined) return createSubprocessShell(script, all);
  if (program !== undefined) return createSubprocessExec(String(program), args.map(String), all);
  return createSubprocessExec("/bin/sh", ["-c", script], all);
}
