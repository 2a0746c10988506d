// The list of places and people, and how to come to others.
import {arrange, byId, counted, element, say, soon} from './dom.js';

export function showRail(places, presence, me) {
  let found = [], current = '';

  const link = (key, name, {unread = 0, note = '', status = ''} = {}) => {
    const said = [note, unread ? `${unread} new` : ''].filter(Boolean).join(', ');
    return element('li', {},
      element('a', {href: `#/${key}`, class: 'entry', 'aria-current': key === current && 'page', 'data-status': status || null},
        status && element('span', {class: 'dot', 'aria-hidden': 'true'}),
        element('span', {class: 'entry-name'}, name),
        status && element('span', {class: 'hidden'}, `, ${status}`),
        said && element('span', {class: unread ? 'entry-note fresh' : 'entry-note'}, said)));
  };
  // Nothing that has the focus is made anew: entries are kept as long as they say the same.
  const kept = new Map();
  const entry = (...args) => {
    const key = JSON.stringify([...args, current]);
    if (!kept.has(key)) kept.set(key, link(...args));
    return kept.get(key);
  };
  const fill = (id, entries) => {
    const list = byId(id);
    const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    arrange(list, entries);
    if (focused && !list.contains(document.activeElement))
      [...list.querySelectorAll('a')].find(each => each.getAttribute('href') === focused)?.focus();
  };

  const render = soon(() => {
    if (kept.size > 500) kept.clear();
    fill('rooms', places.list('room').map(place => entry(place.key, place.name, {unread: place.unread})));
    const lounges = new Map(places.lounges.map(each => [each.id, each.name]));
    for (const place of places.list('lounge')) lounges.set(place.id, place.name);
    fill('lounges', [...lounges].map(([id, name]) => {
      const key = `lounge/${encodeURIComponent(id)}`, place = places.open.get(key);
      return entry(key, name, {unread: place?.unread, note: place ? 'joined' : ''});
    }));
    fill('people', places.list('person').reverse().map(place =>
      entry(place.key, place.name, {unread: place.unread, status: presence.statusOf(place.id) || 'offline'})));
    fill('found', found.map(each =>
      entry(`person/${encodeURIComponent(each.id)}`, each.name, {note: each.guest ? 'guest' : ''})));
  });

  const form = (id, field, then) => byId(id).addEventListener('submit', async event => {
    event.preventDefault();
    const text = byId(field).value.trim();
    say(byId('rail-note'), '');
    if (!text) return;
    try {
      await then(text);
      byId(field).value = '';
    } catch (error) {
      say(byId('rail-note'), error.message);
    }
  });
  form('enter-room', 'room-name', name => {
    if (name.includes('/')) throw new Error('A room’s name has no slash.');
    location.hash = `#/room/${encodeURIComponent(name.toLowerCase())}`;
  });
  form('make-lounge', 'lounge-name', async name => {
    location.hash = `#/lounge/${encodeURIComponent(await places.makeLounge(name))}`;
  });
  form('find-person', 'person-name', async name => {
    found = await presence.search(name);
    const many = counted(found.length, 'person', 'people');
    say(byId('rail-note'), found.length ? `${many} found` : `Nobody is called “${name}”`);
    render();
  });

  byId('make-lounge').hidden = me.guest;
  for (const event of ['change', 'place']) places.addEventListener(event, render);
  presence.addEventListener('change', render);
  render();
  return {
    /// The place that is looked at.
    show(key) {
      current = key;
      found = [];
      say(byId('rail-note'), '');
      render();
    },
  };
}
