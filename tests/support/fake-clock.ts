import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { World } from "../../actions/action";

/** A world whose clock moves by what is slept, and which does something while it sleeps. */
export function fakeClock(meanwhile: (minutes: number) => void = () => undefined) {
  let now = 0;
  const said: string[] = [];
  const made: World = {
    now: () => now,
    sleep: (milliseconds) => {
      now += milliseconds;
      meanwhile(now / 60_000);
      return Promise.resolve();
    },
    say: (line) => said.push(line),
  };
  return { ...made, said };
}

/** The port of a server on loopback, once it listens. */
export function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}
