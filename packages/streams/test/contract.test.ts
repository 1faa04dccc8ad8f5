import { streamContract } from "@aio/contract";
import { servedPair, tcpPair, unixPair } from "./pairs.ts";

streamContract({ name: "TCP", isOneConnection: true, make: tcpPair });
streamContract({ name: "TCP, server side", isOneConnection: true, make: servedPair });
streamContract({ name: "a Unix socket", isOneConnection: true, make: unixPair });
