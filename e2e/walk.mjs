// The walk through Waybill in a real browser on the real server: from a customer's "hi" to READ on the dashboard.
import assert from 'node:assert/strict';
import { inspect, photograph } from './support/looks.mjs';
import { suite } from './support/suite.mjs';
import { Visitor, appears, hook, isLive } from './support/visitor.mjs';

const { out, stage, stretch } = suite('walk');
let messages;
let simulator;

const rows = (page, state = '') => hook(page, 'message-row', state);

/** Writes as the customer, and waits until the phone shows it. */
async function customerWrites(text) {
  await hook(simulator, 'simulator-body').fill(text);
  await hook(simulator, 'simulator-send').click();
  const phone = hook(simulator, 'phone-message', '[data-from="phone"]');
  await phone.filter({ hasText: text }).first().waitFor();
}

stretch('the sign-in link leads to the overview, and from there to the messages, live, in the simulated environment', async () => {
  ({ page: messages } = await stage.operator.opens(stage.server.signInLink));
  assert.equal(new URL(messages.url()).pathname, '/');
  await isLive(messages);
  await messages.goto('/messages');
  await appears(messages, 'environment-badge', '[data-environment="SIMULATED"]');
  await isLive(messages);
});

stretch('"hi" from a customer brings the main menu to the phone', async () => {
  await messages.evaluate(() => {
    globalThis.wasNotReloaded = true;
  });
  ({ page: simulator } = await stage.operator.opens('/simulator'));
  await customerWrites('hi');
  await appears(simulator, 'phone-message', '[data-from="business"]');
  await appears(simulator, 'trace-step');
});

stretch('the open messages page shows both without a reload, and the reply moves to READ', async () => {
  await rows(messages, '[data-direction="INBOUND"][data-status="RECEIVED"]').waitFor();
  await rows(messages, '[data-direction="OUTBOUND"][data-status="READ"]').waitFor();
  assert.equal(await rows(messages).count(), 2);
  assert.equal(await messages.evaluate(() => globalThis.wasNotReloaded), true);
  await photograph(messages, out, 'messages');
  await inspect(messages, 'messages');
});

stretch('the reply, opened, shows its timeline and its attempt', async () => {
  const reply = rows(messages, '[data-direction="OUTBOUND"]');
  const id = await reply.getAttribute('data-id');
  await reply.getByRole('link').first().click();
  await messages.waitForURL(`**/messages/${id}**`);
  await appears(messages, 'message-detail');
  await appears(messages, 'message-status', '[data-status="READ"]');
  for (const kind of ['CREATED', 'ACCEPTED', 'CALLBACK']) {
    await appears(messages, 'timeline-event', `[data-kind="${kind}"]`);
  }
  await appears(messages, 'attempt', '[data-outcome="ACCEPTED"]');
  await photograph(messages, out, 'message');
  await inspect(messages, 'message');
});

stretch('the simulator is fit to be seen', async () => {
  await photograph(simulator, out, 'simulator');
  await inspect(simulator, 'simulator');
});

stretch('a long chat scrolls in the phone, and the page ends where its content ends', async () => {
  for (const text of ['one', 'two', 'three', 'four', 'five']) await customerWrites(text);
  await hook(simulator, 'phone-message', '[data-from="business"]').nth(5).waitFor();
  const excess = await simulator.evaluate(() => document.documentElement.scrollHeight - innerHeight);
  assert.ok(excess < 100, `${excess} px below the window`);
});

stretch('a message sent by hand stands on top, wherever the pointer rests; an empty one is refused at its field', async () => {
  await messages.goto('/messages');
  await isLive(messages);
  await hook(messages, 'send-message').click();
  await messages.locator('#compose-to').fill('+9779800000001');
  await messages.keyboard.press('Control+Enter');
  await messages.locator('#compose-body-error', { hasText: 'Write something first.' }).waitFor();
  assert.equal(await messages.evaluate(() => document.activeElement.id), 'compose-body');
  await messages.keyboard.type('Your order is packed');
  await messages.keyboard.press('Control+Enter');
  await rows(messages).first().filter({ hasText: 'Your order is packed' }).waitFor();
  await rows(messages, '[data-status="READ"]').filter({ hasText: 'Your order is packed' }).waitFor();
});

stretch('what is typed into the open dialog stays in its field, also where frames come late', async () => {
  const { page } = await stage.operator.opens('/messages');
  await isLive(page);
  await page.evaluate(() => {
    const soon = globalThis.requestAnimationFrame.bind(globalThis);
    globalThis.requestAnimationFrame = (act) => setTimeout(() => soon(act), 200);
  });
  await hook(page, 'send-message').click();
  await page.waitForFunction(() => document.activeElement.id === 'compose-to');
  await page.locator('#compose-body').focus();
  await page.keyboard.type('Your order is on its way', { delay: 20 });
  assert.equal(await page.locator('#compose-body').inputValue(), 'Your order is on its way');
  assert.equal(await page.locator('#compose-to').inputValue(), '');
  await page.close();
});

stretch('a message that does not exist is named as such', async () => {
  const { page } = await stage.operator.opens('/messages/msg_00000000000000000000000000');
  await appears(page, 'message-not-found');
  await photograph(page, out, 'message-not-found');
  await inspect(page, 'message-not-found');
  await page.close();
});

stretch('GraphiQL works without another host: a query, and a subscription over the socket', async () => {
  await hook(messages, 'nav-graphiql').first().click();
  await messages.locator('.graphiql-container').waitFor();
  assert.equal(await messages.title(), 'Waybill API');
  const execute = messages.getByRole('button', { name: /^(Execute|Stop)/ });
  const answer = messages.locator('.graphiql-response');
  await appears(messages, 'graphiql-home', '[data-operation="NewestMessages"]');
  await execute.click();
  await answer.getByText('"viewer"').waitFor();
  await photograph(messages, out, 'graphiql');

  await messages.getByRole('tab', { name: 'WatchLive' }).click();
  await appears(messages, 'graphiql-home', '[data-operation="WatchLive"]');
  const listens = new Promise((done) => {
    messages.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        if (JSON.parse(payload).type === 'subscribe') done();
      });
    });
  });
  await execute.click();
  await listens;
  const replies = hook(simulator, 'phone-message', '[data-from="business"]');
  const earlier = await replies.count();
  await customerWrites('help');
  await answer.getByText('messageEvents').waitFor();
  await execute.click();
  // Nothing is on its way when the next stretch begins to count.
  await replies.nth(earlier).waitFor();
});

stretch('a sign-in link works once: the second visitor is told how to get a new one', async () => {
  const late = await Visitor.at(stage.browser, stage.server.origin);
  late.forgives(/status of 410/);
  const { page, response } = await late.opens(stage.server.signInLink);
  assert.equal(response.status(), 410);
  await page.getByText('waybill user link').first().waitFor();
  await photograph(page, out, 'link-used');
  await inspect(page, 'link-used');
  late.findsNoFault();
  await late.context.close();
});

stretch('a visitor who is not signed in is told so', async () => {
  const stranger = await Visitor.at(stage.browser, stage.server.origin);
  stranger.forgives(/status of 401/);
  const { page } = await stranger.opens('/messages');
  await appears(page, 'sign-in-needed');
  assert.equal(await rows(page).count(), 0);
  await photograph(page, out, 'sign-in-needed');
  await inspect(page, 'sign-in-needed');
  stranger.findsNoFault();
  await stranger.context.close();
});

stretch('a restart of the server is noticed, and mended without a reload or a lost row', async () => {
  stage.operator.forgives(/ERR_CONNECTION_REFUSED|WebSocket connection to .* failed/);
  await messages.goto('/messages');
  await isLive(messages);
  // Everything so far has come to its end: what is counted later is new.
  await messages.waitForFunction(() => {
    const all = [...document.querySelectorAll('[data-testid=message-row]')];
    const total = document.querySelector('[data-testid=messages-table]')?.getAttribute('aria-rowcount');
    return all.length + 1 === Number(total) && all.every((it) => /READ|RECEIVED/.test(it.dataset.status));
  });
  const earlier = await rows(messages).count();
  const read = rows(messages, '[data-direction="OUTBOUND"][data-status="READ"]');
  const readBefore = await read.count();
  await messages.evaluate(() => {
    globalThis.wasNotReloaded = true;
  });
  await stage.server.stop();
  await appears(messages, 'live-indicator', ':not([data-state="live"])');
  await stage.server.resume();
  await isLive(messages);
  await customerWrites('hi again');
  await rows(messages).nth(earlier + 1).waitFor();
  await read.nth(readBefore).waitFor();
  assert.equal(await rows(messages).count(), earlier + 2);
  assert.equal(await messages.evaluate(() => globalThis.wasNotReloaded), true);
});
