import { type Known, knownOn } from "./known-failure.ts";
import { knownOnBun } from "./known-failures-bun.ts";
import { knownOnDeno } from "./known-failures-deno.ts";

const { list: knownOnWebKit, fails } = knownOn("WebKit");

fails("it lacks Symbol.dispose, which these tests use", {
  "sync/guard": [
    "releases once: later calls do nothing",
    "releases when its methods are passed on as callbacks",
    "is not wrapped by reactive state",
  ],
});

export const known: readonly Known[] = [...knownOnBun, ...knownOnDeno, ...knownOnWebKit];
