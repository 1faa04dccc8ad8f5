/** The numbers of tests by outcome. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * The file with a test run's tally, relative to the package's folder. Turbo caches it.
 *
 * @param script - The script of package.json that runs the tests, or `*` for any.
 */
export function tallyFile(script: string): string {
  return `.turbo/tally-${script}.json`;
}

/** The last line of a run, for people and programs: `N passed, N failed, N skipped`. */
export function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
