import assert from "node:assert/strict";

const started = performance.now();
const tally = { passed: 0, failed: 0 };

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Run one step of a rehearsal and report the result. A failure does not stop the rehearsal. */
export async function step<T>(title: string, run: () => Promise<T> | T): Promise<T | undefined> {
  const since = performance.now();
  try {
    const result = await run();
    tally.passed += 1;
    console.log(`ok    ${title} (${seconds(since)})`);
    return result;
  } catch (error) {
    tally.failed += 1;
    console.log(`FAIL  ${title} (${seconds(since)})`);
    const text = error instanceof assert.AssertionError ? error.message : String(error);
    console.log(text.replaceAll(/^/gm, "      "));
    return undefined;
  }
}

/** Print the result in one line, worded so that it is not mistaken for a count of tests. */
export function conclude(name: string): void {
  const { passed, failed } = tally;
  console.log(`${name}: ${passed} steps hold, ${failed} do not (${seconds(started)})`);
  process.exitCode = failed === 0 ? 0 : 1;
}
