import { streamContract } from "@aio/contract";
import { processFactories } from "./process-pair.ts";

// What every reader and every writer does, those of @aio/streams included.
for (const factory of processFactories) streamContract(factory);
