// Started with a listening socket as descriptor 3: aborts the call that would serve on it, before and
// during the call, and prints whether the descriptor is open afterwards.
import { fstatSync } from "node:fs";
import { startServer, startUnixServer } from "@aio/streams";

const { ino } = fstatSync(3);

function isOpen(): boolean {
  try {
    return fstatSync(3).ino === ino;
  } catch {
    return false;
  }
}

const start = process.argv[2] === "unix" ? startUnixServer : startServer;
for (const moment of ["before", "during"]) {
  const controller = new AbortController();
  if (moment === "before") controller.abort();
  const starting = start(() => {}, { fd: 3, signal: controller.signal });
  controller.abort();
  const outcome = await starting.then(
    () => "started",
    (error: Error) => error.name,
  );
  console.log(`${moment}: ${outcome}, ${isOpen() ? "open" : "closed"}`);
}
