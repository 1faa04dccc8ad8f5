// The second step of a build, run in the package's folder. Bundled declarations export a constant as a
// value even if the source says `export type`; a program that imports it compiles, but fails to load. This
// step exports all names that the module does not have as types. It also removes the lines `#private;`,
// which make a class nominal. So a function that takes the StreamReader of one package accepts that of the
// other, and the ESM and CommonJS declarations of a class are the same type.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const module = (await import(pathToFileURL(resolve("dist/index.js")).href)) as object;

for (const file of ["dist/index.d.ts", "dist/index.d.cts"]) {
  const text = readFileSync(file, "utf8")
    .replaceAll(
      /^export (type )?\{([^}]*)\}(.*)$/gm,
      (_, isType: string | undefined, list: string, rest: string) => {
        const names = list.split(",").map((name) => name.trim());
        const marked = names.map((name) => {
          const exported = name.split(/\s/).at(-1) ?? name;
          return isType !== undefined || name.startsWith("type ") || exported in module
            ? name
            : `type ${name}`;
        });
        return `export ${isType ?? ""}{ ${marked.join(", ")} }${rest}`;
      },
    )
    .replaceAll(/^ +#private;\n/gm, "");
  writeFileSync(file, text);
}
