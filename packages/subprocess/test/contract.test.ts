import { streamContract } from "@aio/contract";
import { STDOUT } from "@aio/subprocess";
import { processPair } from "./process-pair.ts";

streamContract({
  name: "a child's pipes",
  isOneConnection: false,
  make: (options) => processPair({ ...options }),
});
streamContract({
  name: "a child's operating system pipes",
  isOneConnection: false,
  make: (options) => processPair({ ...options, pipes: "os" }),
});
streamContract({
  name: "a child's merged pipe",
  isOneConnection: false,
  make: (options) => processPair({ ...options, stderr: STDOUT }),
});
