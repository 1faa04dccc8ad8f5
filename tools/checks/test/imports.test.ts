import { describe, expect, it } from "vitest";
import {
  cycleProblems,
  dependencyProblems,
  importProblems,
  nodeGlobalProblems,
} from "../src/imports.ts";
import { assertNone } from "../src/problem.ts";
import { textsOf } from "../src/repository.ts";

const sources = textsOf(/^(?:packages|tools)\/.*\.[cm]?ts$/);

describe("the repository's imports", () => {
  it("keep to the table of who may import what", () => {
    assertNone(importProblems(sources));
  });

  it("form no circle", () => {
    assertNone(cycleProblems(sources));
  });

  it("and its code need no Node in errors and sync", () => {
    assertNone(nodeGlobalProblems(sources));
  });

  it("and its packages depend on @aio/errors alone", () => {
    assertNone(dependencyProblems(textsOf(/^packages\/[^/]+\/package\.json$/)));
  });
});

describe("importProblems()", () => {
  it.each([
    ["packages/errors/src/a.ts", 'import { b } from "./b.ts";'],
    ["packages/sync/src/a.ts", 'import { b } from "@aio/errors";'],
    ["packages/streams/src/a.ts", 'import net from "node:net";'],
    ["packages/sync/test/a.test.ts", 'import { Lock } from "@aio/sync";'],
    ["packages/sync/test/a.test.ts", 'import { WaitQueue } from "../src/wait-queue.ts";'],
    ["packages/streams/test/a.test.ts", 'import { readerSuite } from "@aio/contract";'],
    ["packages/streams/examples/a.ts", 'import { Lock } from "@aio/sync";'],
    ["tools/demo/src/a.ts", 'import { startServer } from "@aio/streams";'],
    ["packages/sync/src/a.ts", '// import "node:net"'],
  ])("allows in %s: %s", (file, text) => {
    expect(importProblems(new Map([[file, text]]))).toEqual([]);
  });

  it.each([
    ["packages/errors/src/a.ts", 'import net from "node:net";'],
    ["packages/sync/src/a.ts", 'import type { Socket } from "node:net";'],
    ["packages/sync/src/a.ts", 'const net = await import("node:net");'],
    ["packages/sync/src/a.ts", 'export { b } from "tslib";'],
    ["packages/sync/src/a.ts", 'let socket: import("node:net").Socket;'],
    ["packages/streams/src/a.ts", 'import { Lock } from "@aio/sync";'],
    ["packages/subprocess/src/a.ts", 'import { openConnection } from "@aio/streams";'],
    ["packages/subprocess/src/a.ts", 'import { b } from "../../streams/src/b.ts";'],
    ["packages/subprocess/src/a.ts", 'import { b } from "../test/b.ts";'],
    ["packages/subprocess/src/a.ts", 'import { b } from "@aio/errors/src/brand.ts";'],
    ["packages/sync/test/a.test.ts", 'import { openConnection } from "@aio/streams";'],
    ["packages/sync/test/a.test.ts", 'import { b } from "lodash";'],
    ["packages/streams/examples/a.ts", 'import { b } from "../src/index.ts";'],
    ["tools/demo/src/a.ts", 'import { b } from "../../../packages/sync/src/index.ts";'],
  ])("refuses in %s: %s", (file, text) => {
    const problems = importProblems(new Map([[file, `\n${text}`]]));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file, line: 2 });
  });
});

describe("nodeGlobalProblems()", () => {
  it.each(["process.pid", "Buffer.from(x)", "let x: NodeJS.Timeout", "globalThis.process"])(
    "refuses %s",
    (text) => {
      expect(nodeGlobalProblems(new Map([["packages/sync/src/a.ts", text]]))).toHaveLength(1);
    },
  );

  it.each(["event.process", "({ module: 1 })", "setTimeout(f)", "class A { require(): void {} }"])(
    "allows %s",
    (text) => {
      expect(nodeGlobalProblems(new Map([["packages/sync/src/a.ts", text]]))).toEqual([]);
    },
  );

  it("leaves alone the packages that need Node anyway", () => {
    expect(nodeGlobalProblems(new Map([["packages/streams/src/a.ts", "process.pid"]]))).toEqual([]);
  });
});

describe("cycleProblems()", () => {
  it("finds a circle and shows the way round", () => {
    const problems = cycleProblems(
      new Map([
        ["src/a.ts", 'import { b } from "./b.ts";'],
        ["src/b.ts", 'import { c } from "./c.ts";'],
        ["src/c.ts", 'import { a } from "./a.ts";'],
      ]),
    );
    expect(problems.map(({ what }) => what)).toEqual([
      "imports in a circle: a.ts → b.ts → c.ts → a.ts",
    ]);
  });

  it("allows a circle of types", () => {
    const problems = cycleProblems(
      new Map([
        ["src/a.ts", 'import { b } from "./b.ts";'],
        ["src/b.ts", 'import type { A } from "./a.ts";'],
      ]),
    );
    expect(problems).toEqual([]);
  });
});

const manifests = (sync: object, errors: object = {}) =>
  new Map([
    ["packages/errors/package.json", JSON.stringify(errors)],
    ["packages/sync/package.json", JSON.stringify(sync)],
    ...["streams", "subprocess"].map(
      (name) =>
        [
          `packages/${name}/package.json`,
          '{ "dependencies": { "@aio/errors": "workspace:^" } }',
        ] as const,
    ),
  ]);

describe("dependencyProblems()", () => {
  const right = { dependencies: { "@aio/errors": "workspace:^" } };

  it("allows @aio/errors alone", () => {
    expect(dependencyProblems(manifests(right))).toEqual([]);
  });

  it.each([
    {},
    { dependencies: { "@aio/errors": "^1.0.0" } },
    { dependencies: { "@aio/errors": "workspace:^", "@aio/streams": "workspace:^" } },
    { ...right, peerDependencies: { typescript: "*" } },
  ])("refuses %j", (manifest) => {
    expect(dependencyProblems(manifests(manifest))).toHaveLength(1);
  });

  it("refuses any dependency of errors", () => {
    expect(dependencyProblems(manifests(right, { dependencies: { tslib: "2" } }))).toHaveLength(1);
  });
});
