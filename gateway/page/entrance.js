// Coming in: signing up, logging in, or as a guest. The server sets a cookie that no script can read; the page keeps
// only who it is, so that it knows on its next visit whether to ask.
import {byId} from './dom.js';
import {get, post} from './api.js';

const storedUser = 'parley.user';

const fieldsOf = {register: ['name', 'email', 'password'], login: ['email', 'password'], guest: ['name']};
const verbs = {register: 'Sign up', login: 'Log in', guest: 'Enter'};
const fieldOfProblem = {
  invalid_email: 'email', email_taken: 'email', weak_password: 'password', invalid_credentials: 'email',
};
const signedOut = new Set(['unauthenticated', 'token_expired', 'session_revoked']);
const missing = {name: 'Tell us what to call you.', email: 'Give an e-mail address.', password: 'Give a password.'};

/// Who is signed in, {id, name, guest}; undefined: nobody.
export async function whoAmI() {
  if (!localStorage.getItem(storedUser)) return undefined;
  try {
    return await get('/api/auth/me');
  } catch (error) {
    if (!signedOut.has(error.code)) throw error;
    localStorage.removeItem(storedUser);
    return undefined;
  }
}

export async function signOut() {
  await post('/api/auth/logout').catch(() => {}); // who is out already is out
  forgetMe();
}
export const forgetMe = () => localStorage.removeItem(storedUser);

/// Another tab signed in as somebody else, or out: the cookie is theirs now. Calls `changed`.
export function watchOtherTabs(changed) {
  addEventListener('storage', ({key}) => (key === storedUser || key === null) && changed());
}

/// Shows the form; resolves with who came in.
export function showEntrance() {
  const form = byId('sign-in'), error = byId('sign-in-error'), button = byId('enter');
  const fields = ['name', 'email', 'password'];
  const way = () => form.elements.way.value;

  const arrange = () => {
    for (const each of fields) {
      byId(`${each}-field`).hidden = !fieldsOf[way()].includes(each);
      byId(each).removeAttribute('aria-invalid');
    }
    byId('password-hint').hidden = way() !== 'register';
    byId('password').autocomplete = way() === 'register' ? 'new-password' : 'current-password';
    button.textContent = verbs[way()];
    error.textContent = '';
  };
  const complain = (field, text) => {
    error.textContent = text;
    if (!field) return;
    byId(field).setAttribute('aria-invalid', 'true');
    byId(field).focus();
  };

  form.addEventListener('change', event => event.target.name === 'way' && arrange());
  arrange();
  byId('entrance').hidden = false;
  return new Promise(resolve => form.addEventListener('submit', async event => {
    event.preventDefault();
    error.textContent = '';
    for (const each of fields) byId(each).removeAttribute('aria-invalid');
    const wanted = fieldsOf[way()];
    const empty = wanted.find(each => byId(each).value.trim() === '');
    if (empty) return complain(empty, missing[empty]);
    button.disabled = true;
    try {
      const {user} = await post(`/api/auth/${way()}`, Object.fromEntries(wanted.map(each => [each, byId(each).value])));
      localStorage.setItem(storedUser, user.id);
      byId('password').value = '';
      byId('entrance').hidden = true;
      resolve({guest: false, ...user});
    } catch (refused) {
      complain(fieldOfProblem[refused.code], refused.message || 'The server cannot be reached.');
    } finally {
      button.disabled = false;
    }
  }));
}
