// asyncio's example of Barrier: three parties, which pass once the third arrives.
import { Barrier } from "@aio/sync";

const barrier = new Barrier(3);

const others = [barrier.wait(), barrier.wait()];
console.log(barrier); // Barrier [filling, waiters:2/3]

await barrier.wait();
console.log(barrier); // Barrier [filling, waiters:0/3]
console.log("barrier passed"); // barrier passed

console.log(await Promise.all(others)); // [ 0, 1 ]
