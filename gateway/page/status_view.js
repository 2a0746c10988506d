// The connection, as one sees it: two ends and what is between them, in words as well.
import {byId, counted, say, soon} from './dom.js';

const shown = 8_000; // how long it is said what coming back brought

const words = {
  connecting: 'Connecting', connected: 'Connected', reconnecting: 'Connection lost, retrying',
};
const stopped = {
  'signed-out': 'Signed out. Log in again.', elsewhere: 'This session goes on in another window.', asked: 'Gone',
};

export function showStatus(connection, places) {
  const box = byId('connection'), text = byId('connection-text');
  let returned = null; // places that were broken off, once we are back
  let timer = null;

  const render = soon(() => {
    if (connection.state === 'connected' && returned) {
      const missed = [...returned].reduce((sum, {place, gap}) => sum + place.missed(gap), 0);
      const whole = [...returned].every(({place}) => !place.broken);
      return say(text, !whole ? 'Connected, catching up' :
        missed ? `Connected, caught up ${counted(missed, 'message')}` : 'Connected, nothing was missed');
    }
    if (connection.state !== 'stopped') say(text, words[connection.state]);
  });

  connection.addEventListener('state', ({detail}) => {
    box.dataset.state = connection.state;
    clearTimeout(timer);
    if (connection.state === 'reconnecting') returned = null;
    if (connection.state === 'stopped') say(text, stopped[detail] ?? stopped.asked);
    if (connection.state === 'connected') {
      const broken = [...places.open.values()].filter(place => place.broken);
      if (broken.length) returned = new Set(broken.map(place => ({place, gap: place.breaks.at(-1)})));
    }
    render();
  });
  places.addEventListener('whole', () => {
    render();
    clearTimeout(timer);
    timer = setTimeout(() => {
      returned = null;
      render();
    }, shown);
  });
  places.addEventListener('place', () => returned && render());
  box.dataset.state = connection.state;
}
