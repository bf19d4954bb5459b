import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Host } from "../../actions/action";

/**
 * Host with a clock that each sleep advances.
 *
 * @param meanwhile called after each sleep, with the minutes on the clock.
 * @returns also the log and the time limits. A limit ends only when a test calls `expire`.
 */
export function fakeClock(meanwhile: (minutes: number) => void = () => undefined) {
  let now = 0;
  const said: string[] = [];
  const limits: number[] = [];
  const pending: AbortController[] = [];
  const made: Host = {
    now: () => now,
    sleep: (milliseconds) => {
      now += milliseconds;
      meanwhile(now / 60_000);
      return Promise.resolve();
    },
    limit: (milliseconds) => {
      limits.push(milliseconds);
      const controller = new AbortController();
      pending.push(controller);
      return controller.signal;
    },
    log: (line) => said.push(line),
  };
  const expire = (): void => {
    pending.forEach((controller) => {
      controller.abort();
    });
  };
  return { ...made, said, limits, expire };
}

/** The port of a server on loopback, once it listens. */
export function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}
