// How long to wait before coming back. Half of it is chance: when a server starts again, not everybody comes at once.

const first = 400, longest = 12_000;

export class Backoff {
  #failures = 0;

  /// Milliseconds until the next attempt; twice as long each time, up to a bound.
  next() {
    const whole = Math.min(longest, first * 2 ** this.#failures++);
    return whole / 2 + Math.random() * whole / 2;
  }
  reset() { this.#failures = 0; }
}
