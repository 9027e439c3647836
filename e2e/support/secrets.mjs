// What no page may ever hold: the secrets of the server under test and of whoever looks at it.
import assert from 'node:assert/strict';
import { twilioOf } from './twilio.mjs';

/** Every secret that there is to leak, by name: the provider's token, this visitor's session, the program's token. */
export async function secretsOf(api, visitor) {
  const { accountSid, authToken } = await twilioOf(api.server);
  const cookies = await visitor.context.cookies();
  const secrets = {
    'the auth token': authToken,
    'the auth token as it is sent': Buffer.from(`${accountSid}:${authToken}`).toString('base64'),
    "the program's token": api.token,
    'the token of the sign-in link': new URL(api.server.signInLink).href.split(/[=/]/).at(-1),
    ...Object.fromEntries(cookies.map((it) => [`the cookie ${it.name}`, it.value])),
  };
  // A name that is no longer there would be found nowhere.
  assert.ok(cookies.length > 0, 'somebody is signed in');
  for (const [name, value] of Object.entries(secrets)) assert.ok(value?.length >= 16, `${name} is a secret`);
  return secrets;
}

/** Fails where a text holds one of them. */
export function holdsNone(secrets, text, where) {
  const found = Object.keys(secrets).filter((name) => text.includes(secrets[name]));
  assert.deepEqual(found, [], where);
}
