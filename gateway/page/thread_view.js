// One place: the thread of what was said, who is there, and where one writes.
import {arrange, byId, counted, element, say, soon, timeElement} from './dom.js';
import {Typing} from './typing.js';

const together = 5 * 60_000; // what one person says within so long stands under their name once
const near = 80;             // pixels from the end: whoever is there wants to stay there

export class ThreadView {
  #place = null;
  #nodes = new Map();   // of items and breaks, by what they show
  #typing = null;
  #isAtEnd = true;
  #newest = 0;          // seq of the newest that was seen at the end
  #connection; #places; #presence; #call; #me;

  constructor(connection, places, presence, call, me) {
    this.#connection = connection;
    this.#places = places;
    this.#presence = presence;
    this.#call = call;
    this.#me = me;
    const render = soon(() => this.#render());
    places.addEventListener('place', ({detail}) => detail === this.#place && render());
    for (const source of [presence, call]) source.addEventListener('change', render);
    connection.addEventListener('state', render);
    byId('scroll').addEventListener('scroll', () => this.#scrolled());
    byId('newer').addEventListener('click', () => this.#toEnd());
    byId('earlier').addEventListener('click', () => this.#readEarlier());
    byId('leave').addEventListener('click', () => this.#leave());
    byId('start-call').addEventListener('click', () => call.start({id: this.#place.id, name: this.#place.name}));
    byId('show-members').addEventListener('click', () => this.#showMembers(byId('members').hidden));
    document.addEventListener('visibilitychange', render);
    new ResizeObserver(() => this.#isAtEnd && this.#toEnd()).observe(byId('scroll'));
    this.#compose();
  }

  show(place) {
    byId('nowhere').hidden = Boolean(place);
    byId('place').hidden = !place;
    if (place === this.#place) return;
    this.#typing?.stopped();
    if (this.#place) this.#place.draft = byId('text').value;
    this.#place = place;
    this.#nodes.clear();
    this.#isAtEnd = true;
    this.#newest = 0;
    byId('thread').replaceChildren();
    byId('log').setAttribute('aria-busy', 'true'); // a whole history is not news
    byId('text').value = place?.draft ?? '';
    this.#showMembers(false);
    if (!place) return;
    const address = place.address;
    this.#typing = new Typing(isTyping => this.#connection.tell('typing', {...address, isTyping}));
    if (place.kind === 'person') this.#presence.ask(place.id);
    this.#render();
  }

  // --- writing --------------------------------------------------------------------------------------------------------

  #compose() {
    const text = byId('text');
    const grow = () => text.rows = Math.min(6, text.value.split('\n').length);
    const send = () => {
      const written = text.value.trim();
      if (!written || !this.#place || this.#place.ended) return;
      this.#typing.stopped();
      this.#isAtEnd = true;
      this.#places.write(this.#place, written);
      text.value = '';
      grow();
    };
    text.addEventListener('input', () => {
      grow();
      this.#typing.wrote(text.value);
    });
    text.addEventListener('keydown', event => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      send();
    });
    byId('composer').addEventListener('submit', event => {
      event.preventDefault();
      send();
      text.focus();
    });
  }

  #leave() {
    this.#places.leave(this.#place);
    location.hash = '#/';
  }

  // --- what is seen ---------------------------------------------------------------------------------------------------

  #render() {
    const place = this.#place;
    if (!place) return;
    say(byId('place-title'), place.name);
    say(byId('place-note'), this.#noteOn(place));
    const isPerson = place.kind === 'person';
    byId('start-call').hidden = !isPerson || this.#call.isOn;
    byId('start-call').disabled = this.#connection.state !== 'connected';
    byId('leave').hidden = isPerson;
    Object.assign(byId('place').dataset, {place: place.key, isIn: String(place.isIn)});
    byId('place').dataset.inCall = String(isPerson && this.#call.isOn && this.#call.peer.id === place.id);
    byId('text').disabled = Boolean(place.ended) || place.waiting;
    this.#renderMembers(place);
    this.#renderThread(place);
    const end = byId('loose-end');
    const isWhole = !place.broken && this.#connection.state === 'connected';
    end.dataset.state = place.ended ? 'ended' : isWhole ? 'whole' : 'loose';
    say(byId('typing'), place.ended || (place.waiting ? 'Waiting for the host to let you in' : String(place.typists)));
    byId('earlier').hidden = !place.earlier;
    if (this.#isAtEnd) this.#toEnd();
    this.#tellNewer(place);
    if (!document.hidden && place.unread) this.#places.read(place);
  }

  #noteOn(place) {
    if (place.kind === 'person') return this.#presence.statusOf(place.id);
    if (place.ended || place.waiting || !place.isRead) return '';
    const others = place.people.filter(each => each.userId !== this.#me.id).map(each => each.name);
    return others.length ? `With ${others.join(', ')}` : 'Only you are here';
  }

  #renderThread(place) {
    const wanted = [];
    const breaks = [...place.breaks];
    let before = null;
    for (const item of place.items) {
      for (; breaks.length && breaks[0].after < item.seq; before = null) wanted.push(this.#breakNode(place, breaks.shift()));
      const follows = before?.kind === 'message' && item.kind === 'message' && before.senderId === item.senderId &&
          Date.parse(item.at) - Date.parse(before.at) < together;
      wanted.push(this.#itemNode(item, follows));
      before = item;
    }
    for (const each of breaks) if (each.head !== undefined) wanted.push(this.#breakNode(place, each));
    for (const each of place.pending) wanted.push(this.#pendingNode(place, each));
    arrange(byId('thread'), wanted);
    if (place.isRead) setTimeout(() => byId('log').removeAttribute('aria-busy'));
  }

  /// The node for `key`, made anew when `shows` is not what it showed.
  #node(key, shows, make) {
    const known = this.#nodes.get(key);
    if (known?.shows === shows) return known.node;
    const node = make();
    this.#nodes.set(key, {node, shows});
    return node;
  }

  #itemNode(item, follows) {
    const isMine = item.senderId === this.#me.id;
    return this.#node(item.seq, `${follows} ${item.deleted}`, () => {
      const number = element('span', {class: 'seq', 'aria-hidden': 'true'}, String(item.seq));
      if (item.kind === 'note') return element('li', {class: 'knot note'}, number, element('p', {}, item.text));
      const sender = element('span', {class: 'sender'}, isMine ? 'You' : item.sender);
      return element('li', {class: `knot message${isMine ? ' mine' : ''}${follows ? ' follows' : ''}`}, number,
        element('p', {class: follows ? 'hidden' : 'byline'}, sender, ' ', timeElement(item.at)),
        element('p', {class: item.deleted ? 'text deleted' : 'text'}, item.deleted ? 'Taken back' : item.text));
    });
  }

  #breakNode(place, gap) {
    const missed = place.missed(gap);
    const mended = missed ? `Caught up ${counted(missed, 'message')}` : 'Nothing was missed';
    const text = gap.head === undefined ? 'Catching up' : mended;
    return this.#node(gap, text, () => element('li', {class: 'break'}, element('p', {}, text)));
  }

  #pendingNode(place, {id, text, at, refused}) {
    const state = refused ? `not sent: ${refused}` : 'on its way';
    return this.#node(id, state, () => element('li', {class: 'knot message mine pending'},
      element('p', {class: 'byline'}, element('span', {class: 'sender'}, 'You'), ' ', state),
      element('p', {class: 'text'}, text),
      refused && element('button', {type: 'button', class: 'quiet', onclick: () => place.drop(id)}, 'Remove')));
  }

  // --- who is there ---------------------------------------------------------------------------------------------------

  #showMembers(shown) {
    byId('members').hidden = !shown;
    byId('show-members').setAttribute('aria-expanded', String(shown));
  }

  #renderMembers(place) {
    const people = place.kind === 'person' ? [] : place.people;
    const button = byId('show-members');
    button.hidden = people.length === 0;
    say(button, place.knocks.size ? `${people.length} here, ${place.knocks.size} at the door` : `${people.length} here`);
    const member = each => this.#node(`member ${each.userId}`, `${each.name} ${each.isHost}`, () => {
      const name = each.userId === this.#me.id ? `${each.name} (you)` : each.name;
      const isReachable = each.userId !== this.#me.id && !this.#me.guest; // a guest writes to nobody first
      const what = isReachable ? element('a', {href: `#/person/${encodeURIComponent(each.userId)}`}, name) :
        element('span', {class: 'entry-name'}, name);
      const role = each.isHost ? 'host' : each.guest ? 'guest' : '';
      return element('li', {}, what, role && element('span', {class: 'entry-note'}, role));
    });
    arrange(byId('member-list'), people.map(member));
    const decide = (event, who) => this.#connection.tell(event, {roomId: place.id, userId: who.userId});
    const knock = each => this.#node(`knock ${each.userId}`, each.name, () =>
      element('li', {}, element('span', {class: 'entry-name'}, `${each.name} asks to come in`),
        element('button', {type: 'button', onclick: () => decide('admit', each)}, 'Let in'),
        element('button', {type: 'button', class: 'quiet', onclick: () => decide('deny', each)}, 'Refuse')));
    arrange(byId('knocks'), [...place.knocks.values()].map(knock));
  }

  // --- where one looks ------------------------------------------------------------------------------------------------

  #scrolled() {
    const scroll = byId('scroll');
    this.#isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < near;
    if (this.#place) this.#tellNewer(this.#place);
  }
  #toEnd() {
    this.#isAtEnd = true;
    byId('scroll').scrollTop = byId('scroll').scrollHeight;
    if (this.#place) this.#tellNewer(this.#place);
  }
  #tellNewer(place) {
    if (this.#isAtEnd) this.#newest = place.lastSeq;
    const newer = place.items.filter(each => each.kind === 'message' && each.seq > this.#newest).length;
    byId('newer').hidden = newer === 0;
    say(byId('newer'), newer ? `${counted(newer, 'new message')} below` : '');
  }
  async #readEarlier() {
    const scroll = byId('scroll'), place = this.#place, fromEnd = scroll.scrollHeight - scroll.scrollTop;
    byId('log').setAttribute('aria-busy', 'true');
    await this.#places.readEarlier(place).catch(() => {});
    if (place !== this.#place) return;
    this.#isAtEnd = false;
    this.#render();
    scroll.scrollTop = scroll.scrollHeight - fromEnd;
  }
}
