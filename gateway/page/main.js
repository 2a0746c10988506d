// Puts the page together: who one is, the connection, the places and people, and which of them is looked at (the part
// of the address after #, so that the browser's own Back works).
import {Backoff} from './backoff.js';
import {Call} from './call.js';
import {showCall} from './call_view.js';
import {Connection} from './connection.js';
import {byId} from './dom.js';
import {forgetMe, showEntrance, signOut, watchOtherTabs, whoAmI} from './entrance.js';
import {Places} from './places.js';
import {Presence} from './presence.js';
import {showRail} from './rail_view.js';
import {showStatus} from './status_view.js';
import {ThreadView} from './thread_view.js';

/// {kind, id} of `#/room/tea`; undefined: of nothing.
function addressed() {
  const found = /^#\/(room|lounge|person)\/([^/]+)$/.exec(location.hash);
  try {
    return found && {kind: found[1], id: decodeURIComponent(found[2])};
  } catch {
    return undefined; // not an address of ours
  }
}

/// Who is signed in. A page is opened once and a server starts again now and then, so it waits for it.
async function ask() {
  for (const backoff = new Backoff(); ;) {
    try {
      const known = await whoAmI();
      byId('waiting').hidden = true;
      return known;
    } catch {
      byId('waiting').hidden = false;
      await new Promise(done => setTimeout(done, backoff.next()));
    }
  }
}

async function begin() {
  const known = await ask();
  const me = known ?? await showEntrance();
  byId('app').hidden = false;
  byId('my-name').textContent = me.name;

  const connection = new Connection();
  const places = new Places(connection, me);
  const presence = new Presence(connection, places, me);
  const call = new Call(connection);
  const rail = showRail(places, presence, me);
  const thread = new ThreadView(connection, places, presence, call, me);
  showStatus(connection, places);
  showCall(call);

  const look = () => {
    const at = addressed();
    document.body.dataset.looking = at ? 'place' : 'rail';
    const place = at && places.enter(at.kind, at.id);
    rail.show(place?.key ?? '');
    thread.show(place);
    if (connection.state === 'connected') listLounges();
  };
  const listLounges = () => places.listLounges().catch(() => {}); // asked for again by the next look
  addEventListener('hashchange', () => {
    look();
    byId(addressed() ? 'place-title' : 'rooms-title').focus(); // whoever does not see the page hears where they are
  });

  const startAnew = () => location.reload();
  watchOtherTabs(startAnew);
  connection.addEventListener('greeting', ({detail}) => {
    if (detail.userId !== me.id) return startAnew(); // the cookie is somebody else's by now
    listLounges();
  });
  connection.addEventListener('state', ({detail}) => {
    if (connection.state !== 'stopped' || detail !== 'signed-out') return;
    forgetMe();
    startAnew();
  });
  byId('log-out').addEventListener('click', async () => {
    connection.stop();
    await signOut();
    location.hash = '';
    startAnew();
  });

  connection.start();
  look();
  if (!known) byId(addressed() ? 'text' : 'room-name').focus();
}

begin();
