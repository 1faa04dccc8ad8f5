/** How the tests of a run ended. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Where a package's test run leaves its tally, from the package's folder. Turbo caches the file. */
export const tallyFile = ".turbo/tally.json";

/** The line that ends a run, for a person and a machine alike: `N passed, N failed, N skipped`. */
export function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
