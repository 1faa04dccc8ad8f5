import { constants } from "node:os";

/**
 * The return code of a process: its exit status, or `-N` if signal N ended it, as in asyncio.
 *
 * On Windows nothing dies of a signal: there, being ended is exit status 1.
 */
export function returncodeOf(
  status: number | null,
  signal: NodeJS.Signals | null,
  platform: NodeJS.Platform = process.platform,
): number {
  if (signal === null) return status ?? 0;
  return platform === "win32" ? 1 : -constants.signals[signal];
}
