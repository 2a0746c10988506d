// A line to the server that can go dead: a TCP proxy. Dead is silent, as a phone's network is: nothing is closed, nothing
// arrives, and who connects hears nothing. It leads to wherever its server listens by then, so that a page keeps its
// address over a restart.
import net from 'node:net';

export class Line {
  #sockets = new Set();
  #dead = false;

  static async to(server) {
    const line = new Line();
    line.listener = net.createServer({pauseOnConnect: true}, near => line.#connect(near, server));
    await new Promise(resolve => line.listener.listen(0, '127.0.0.1', resolve));
    line.url = `http://127.0.0.1:${line.listener.address().port}/`;
    return line;
  }

  #connect(near, server) {
    const far = net.connect(server.port, '127.0.0.1');
    const ends = [[near, far], [far, near]];
    for (const [one, other] of ends) {
      this.#sockets.add(one);
      one.on('data', data => other.write(data));
      one.on('error', () => {});
      one.on('end', () => other.end());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      if (this.#dead) one.pause();
      else one.resume();
    }
  }

  die() {
    this.#dead = true;
    for (const socket of this.#sockets) socket.pause();
  }
  /// Dead as well, and both ends are told.
  cut() {
    this.#dead = true;
    for (const socket of this.#sockets) socket.destroy();
  }
  /// What was under way arrives after all, as it does when a network comes back.
  live() {
    this.#dead = false;
    for (const socket of this.#sockets) socket.resume();
  }
  close() {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise(resolve => this.listener.close(resolve));
  }
}
