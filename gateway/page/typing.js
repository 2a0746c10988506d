// Who is writing. Said at most every few seconds while somebody writes, and believed for a little longer than that.

const again = 3_000, believed = 6_000;

/// Tells that one writes, and that one stopped. `say` takes true or false.
export class Typing {
  #say;
  #timer = null;
  #said = 0;

  constructor(say) { this.#say = say; }

  wrote(text) {
    if (!text) return this.stopped();
    const now = Date.now();
    if (now - this.#said > again) {
      this.#said = now;
      this.#say(true);
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stopped(), again);
  }
  stopped() {
    clearTimeout(this.#timer);
    if (this.#said) this.#say(false);
    this.#said = 0;
  }
}

/// Who writes in a place, by session.
export class Typists {
  #until = new Map();
  #changed;

  constructor(changed) { this.#changed = changed; }

  heard({socketId, username, isTyping}) {
    clearTimeout(this.#until.get(socketId)?.timer);
    if (isTyping) {
      const timer = setTimeout(() => this.forget(socketId), believed);
      this.#until.set(socketId, {username, timer});
    } else {
      this.#until.delete(socketId);
    }
    this.#changed();
  }
  forget(socketId) {
    clearTimeout(this.#until.get(socketId)?.timer);
    if (this.#until.delete(socketId)) this.#changed();
  }
  clear() {
    for (const each of [...this.#until.keys()]) this.forget(each);
  }

  toString() {
    const names = [...new Set([...this.#until.values()].map(each => each.username))];
    if (names.length === 0) return '';
    if (names.length > 2) return `${names.length} people are writing`;
    return `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} writing`;
  }
}
