// The network between one coordinator and the record: a relay on loopback that can be cut. While it is cut it passes nothing
// and says nothing, as a network does; what was on its way arrives when it is whole again, late.
import { connect, createServer } from "node:net";

/** `to`: { host, port }. Resolves once it listens. */
export function openRelay(to) {
  const pairs = new Set();
  let isCut = false;
  const halt = (pair) => pair.forEach((socket) => (isCut ? socket.pause() : socket.resume()));
  const server = createServer((near) => {
    const far = connect(to);
    const pair = [near, far];
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const [from, into] of [pair, [far, near]]) {
      from.on("data", (bytes) => void into.write(bytes));
      from.on("error", end);
      from.on("close", end);
    }
    halt(pair);
  });
  const set = (cut) => {
    isCut = cut;
    pairs.forEach(halt);
  };
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () =>
      resolve({
        port: server.address().port,
        cut: () => set(true),
        mend: () => set(false),
        close() {
          server.close();
          for (const pair of pairs) for (const socket of pair) socket.destroy();
        },
      }),
    );
  });
}
