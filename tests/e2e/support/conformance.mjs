// The framings alone, for one test file: parley-conformance on a free port. TEST_CONFORMANCE names the program
// (CMakeLists.txt sets it). Its times are long unless a test asks for others, so that no heartbeat comes in between.
import {spawn} from 'node:child_process';
import {eventually, within} from './server.mjs';

export class Conformance {
  static async start({pingInterval = 3_600_000, pingTimeout = 3_600_000, connectTimeout = 3_600_000} = {}) {
    const server = new Conformance();
    const child = server.child = spawn(process.env.TEST_CONFORMANCE, [
      '--port', '0', '--ping-interval', String(pingInterval), '--ping-timeout', String(pingTimeout),
      '--connect-timeout', String(connectTimeout),
    ], {stdio: ['ignore', 'pipe', 'pipe']});
    child.out = child.err = '';
    child.stdout.on('data', data => child.out += data);
    child.stderr.on('data', data => child.err += data);
    server.ended = new Promise(resolve => child.on('exit', (code, signal) => resolve({code, signal})));
    const listening = /^listening on http:\/\/\S+:(\d+)$/m;
    const gone = server.ended.then(end => {
      throw new Error(`parley-conformance ended with ${JSON.stringify(end)} before it listened:\n${child.err}`);
    });
    gone.catch(() => {});
    await Promise.race([gone, eventually('parley-conformance listens', () => listening.test(child.out), 30)]);
    server.port = Number(listening.exec(child.out)[1]);
    return server;
  }

  get url() { return `http://127.0.0.1:${this.port}`; }

  /// The end of a test file: the server must have survived it and must stop cleanly.
  async stop() {
    this.child.kill('SIGTERM');
    const end = await within(15, 'parley-conformance ends', this.ended).catch(late => {
      this.child.kill('SIGKILL');
      return {late: late.message};
    });
    if (end.code === 0) return;
    throw new Error(`parley-conformance ended with ${JSON.stringify(end)}:\n${this.child.err}`);
  }
}
