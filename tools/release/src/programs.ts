import type { PackageName } from "./run.ts";

interface Program {
  /** Imported names and their modules. */
  readonly imports: readonly (readonly [names: string, from: string])[];
  /** Its code, which prints `works`. */
  readonly body: string;
}

/** A small program for each package. */
export const programs: Readonly<Record<PackageName, Program>> = {
  errors: {
    imports: [["CancelledError, cancellationError, isCancelled", "@aio/errors"]],
    body: `
      const error: Error = cancellationError(AbortSignal.abort("enough"));
      if (error instanceof CancelledError && isCancelled(error)) console.log("works");`,
  },
  sync: {
    imports: [["CancelledError, Event, Lock", "@aio/sync"]],
    body: `
      const [lock, event] = [new Lock(), new Event()];
      const guard = await lock.acquire();
      const late: unknown = await lock.acquire({ signal: AbortSignal.abort() }).catch((e) => e);
      guard.release();
      event.set();
      const raised: true = await event.wait();
      if (late instanceof CancelledError && raised && !lock.locked()) console.log("works");`,
  },
  streams: {
    imports: [["openConnection, startServer", "@aio/streams"]],
    body: `
      const server = await startServer(async (reader, writer) => {
        const line: Buffer = await reader.readline();
        writer.write(line);
        await writer.drain();
        writer.close();
      }, "127.0.0.1", 0);
      const { reader, writer } = await openConnection("127.0.0.1", server.addresses[0]?.port ?? 0);
      writer.write("works\\n");
      console.log(String(await reader.readline()).trim());
      writer.close();
      server.close();`,
  },
  subprocess: {
    imports: [["PIPE, createSubprocessExec", "@aio/subprocess"]],
    body: `
      const args = ["-e", "process.stdin.pipe(process.stdout)"];
      const child = await createSubprocessExec(process.execPath, args, { stdin: PIPE, stdout: PIPE });
      const [output] = await child.communicate("works");
      const bytes: Buffer = output;
      console.log(bytes.toString());`,
  },
};

/** The program as a TypeScript module. */
export function asModule({ imports, body }: Program): string {
  const lines = imports.map(([names, from]) => `import { ${names} } from "${from}";`);
  return `${lines.join("\n")}\n\nasync function main() {${body}\n}\nvoid main();\n`;
}

/** The program as JavaScript. Its few types are simple enough for a regular expression. */
export function asJavaScript(program: Program, kind: "mjs" | "cjs"): string {
  const code = asModule(program).replaceAll(/(const \w+): \w+ =/g, "$1 =");
  return kind === "mjs"
    ? code
    : code.replaceAll(/^import (.*) from (.*);$/gm, "const $1 = require($2);");
}
