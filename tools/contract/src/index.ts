import { closingContract } from "./closing-contract.ts";
import type { PairFactory } from "./pair.ts";
import { readerContract } from "./reader-contract.ts";
import { writerAdaptersContract } from "./writer-adapters-contract.ts";
import { writerContract } from "./writer-contract.ts";

export { timeContract } from "./time-contract.ts";

export { SocketPeer } from "./pair.ts";
export type { Pair, PairFactory, PairReader, PairWriter, Peer } from "./pair.ts";
export { failureOf, isPending, pattern, until } from "./waiting.ts";

/** Test that the reader and the writer of one kind of stream behave like asyncio's. */
export function streamContract(factory: PairFactory): void {
  readerContract(factory);
  writerContract(factory);
  writerAdaptersContract(factory);
  closingContract(factory);
}
