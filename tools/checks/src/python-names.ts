import { spawnSync } from "node:child_process";
import { refusedByAsyncio } from "./asyncio-names.ts";

// Prints every name in the form of `FlatName.text`, so that the two sets can be compared.
const script = `
import asyncio, inspect, json, subprocess, sys
from asyncio import unix_events
refused = set(json.loads(sys.argv[1]))
names = []
def taken(function, skipped=()):
    try: parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError): return []
    variable = (inspect.Parameter.VAR_KEYWORD,)
    return [p.name for p in parameters if p.kind not in variable and p.name not in skipped]
def add_class(c, made=True):
    names.append(c.__name__)
    if made and inspect.isfunction(c.__init__):
        names.extend(f"{c.__name__}({p})" for p in taken(c.__init__, ("self",)))
    for name in dir(c):
        if name.startswith("_") or hasattr(OSError, name): continue
        value = getattr(c, name)
        if not callable(value): names.append(f"{c.__name__}.{name}"); continue
        names.append(f"{c.__name__}.{name}()")
        names.extend(f"{c.__name__}.{name}({p})" for p in taken(value, ("self",)))
def add_function(f, more):
    parameters = dict.fromkeys([*taken(f), *taken(more, ("self", "protocol_factory", *refused))])
    names.append(f.__name__)
    names.extend(f"{f.__name__}({p})" for p in parameters)
loop = unix_events._UnixSelectorEventLoop
beneath = {
    "open_connection": loop.create_connection, "open_unix_connection": loop.create_unix_connection,
    "start_server": loop.create_server, "start_unix_server": loop.create_unix_server,
    "create_subprocess_exec": subprocess.Popen, "create_subprocess_shell": subprocess.Popen,
}
for module in (asyncio.locks, asyncio.streams, asyncio.exceptions, asyncio.subprocess):
    for name in module.__all__:
        value = getattr(asyncio, name)
        if name in beneath: add_function(value, beneath[name])
        elif name == "StreamReaderProtocol": names.append(name)
        else: add_class(value)
add_class(asyncio.Server, made=False)
add_class(asyncio.subprocess.Process, made=False)
names.extend(("PIPE", "STDOUT", "DEVNULL"))
print(json.dumps({"version": sys.version_info[:2], "names": names}))
`;

/** The names in this machine's asyncio, if it has Python 3.13, or the reason why there are none. */
export function pythonNames(): { readonly names: string[] } | { readonly lacking: string } {
  // Selects the version under pyenv.
  const env = { ...process.env, PYENV_VERSION: "3.13.0" };
  for (const command of ["python3.13", "python3"]) {
    const options = { encoding: "utf8", env } as const;
    const run = spawnSync(command, ["-c", script, JSON.stringify(refusedByAsyncio)], options);
    if (run.status !== 0) continue;
    const found = JSON.parse(run.stdout) as { version: number[]; names: string[] };
    if (found.version.join(".") === "3.13") return found;
  }
  return { lacking: "no Python 3.13 with asyncio on this machine" };
}
