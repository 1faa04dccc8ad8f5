import { Barrier } from "@aio/sync";
import { AsyncioBarrier } from "./asyncio-barrier.ts";
import { nanosecondsEach, together } from "./measure.ts";
import { pythonCommand } from "./python.ts";
import { scenario } from "./scenario.ts";

const parties = 1_000;
const rounds = 100;

// The floor: a wait is one hop through a separate promise, since each place differs. The last caller
// resolves all of them from an array, and itself awaits a fulfilled promise.
let resolves: ((place: number) => void)[] = [];
const enqueue = (resolve: (place: number) => void): void => {
  resolves.push(resolve);
};
const floorWait = (): Promise<number> => {
  if (resolves.length < parties - 1) return new Promise(enqueue);
  const round = resolves;
  resolves = [];
  for (let place = 0; place < round.length; place += 1) round[place]?.(place);
  return Promise.resolve(parties - 1);
};

export const meet = scenario({
  title: `Barrier: ${parties.toLocaleString("en")} parties meet ${rounds} times`,
  unit: "ns per wait",
  subject: "@aio/sync",
  aims: { floor: 1, "asyncio's, ported": 0.4, "CPython asyncio": 1 / 20 },
  contenders: {
    floor: () =>
      nanosecondsEach(parties * rounds, () =>
        together(parties, async () => {
          for (let round = 0; round < rounds; round += 1) await floorWait();
        }),
      ),
    "@aio/sync": () => {
      const barrier = new Barrier(parties);
      return nanosecondsEach(parties * rounds, () =>
        together(parties, async () => {
          for (let round = 0; round < rounds; round += 1) await barrier.wait();
        }),
      );
    },
    "asyncio's, ported": () => {
      const barrier = new AsyncioBarrier(parties);
      return nanosecondsEach(parties * rounds, () =>
        together(parties, async () => {
          for (let round = 0; round < rounds; round += 1) await barrier.wait();
        }),
      );
    },
    "CPython asyncio": pythonCommand("sync.py", "barrier", `${parties}`, `${rounds}`),
  },
});
