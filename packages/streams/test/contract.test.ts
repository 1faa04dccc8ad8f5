import { streamContract } from "@aio/contract";
import { plainFactories } from "./pairs.ts";

for (const factory of plainFactories) streamContract(factory);
