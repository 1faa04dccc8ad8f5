import { streamContract } from "@aio/contract";
import { tlsFactories } from "./tls-pairs.ts";

for (const factory of tlsFactories) streamContract(factory);
