// How the page makes elements. Whatever people wrote becomes text nodes and nothing else; the page's policy (Trusted
// Types) refuses every other way.

export const byId = id => document.getElementById(id);

/// element('button', {class: 'plain', type: 'button', onclick: leave}, 'Leave'). A value of false, null or undefined
/// leaves an attribute or a child out; true sets an attribute without a value.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.flat().filter(child => child !== undefined && child !== null && child !== false));
  return made;
}

/// Makes the children of `parent` be `wanted`, in that order, moving only what is not in its place: what is read aloud
/// or has the focus stays as it is.
export function arrange(parent, wanted) {
  const kept = new Set(wanted);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  let at = parent.firstElementChild;
  for (const child of wanted)
    if (child === at) at = at.nextElementSibling;
    else parent.insertBefore(child, at);
}

/// Changes a text only when it is another one: live regions speak of every change.
export function say(where, text) {
  if (where.textContent !== text) where.textContent = text;
}

/// Calls `render` once after all that happens now.
export function soon(render) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => {
      asked = false;
      render();
    });
  };
}

export const counted = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

const today = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit'});
const earlier = new Intl.DateTimeFormat(undefined, {day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit'});

/// A time as people say it; on another day with its date.
export function timeElement(iso) {
  const at = new Date(iso);
  const form = at.toDateString() === new Date().toDateString() ? today : earlier;
  return element('time', {datetime: iso}, form.format(at));
}
