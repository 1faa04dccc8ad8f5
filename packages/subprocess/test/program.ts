import { PIPE, createSubprocessExec } from "@aio/subprocess";

const onDist = process.env["AIO_DIST"] === "1";

/** The outcome of a program that ran in a separate process. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly returncode: number | null;
}

/**
 * Run a module, given as JavaScript text, that imports this package, in a new Node process.
 *
 * @param shell - A shell script that runs it, as `"$@"`.
 */
export async function runProgram(source: string, shell = 'exec "$@"'): Promise<Outcome> {
  const conditions = onDist ? [] : ["--conditions=@aio/source"];
  const options = "Deno" in globalThis ? ["eval"] : [...conditions, "--input-type=module", "-e"];
  const node = [process.execPath, ...options, source];
  const program = await createSubprocessExec("sh", ["-c", shell, "sh", ...node], {
    // The package can import itself by name from here.
    cwd: new URL("..", import.meta.url),
    stdout: PIPE,
    stderr: PIPE,
  });
  const [stdout, stderr] = await program.communicate();
  return { stdout: String(stdout), stderr: String(stderr), returncode: program.returncode };
}
