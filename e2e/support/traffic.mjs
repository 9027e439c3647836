// Messages for a suite to look at: sent by the API, received from simulated phones.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Api } from './api.mjs';
import { changesWorld } from './twilio.mjs';
import { holds } from './visitor.mjs';

export const ASHA = '+9779800000001';
export const RAVI = '+9779800000002';

/** The API, and the messages that a suite needs. */
export class Traffic extends Api {
  /** Changes how the simulated Twilio behaves. */
  world(change) {
    return changesWorld(this.server, change);
  }

  /** Sends so many texts; answers their ids. */
  async sends(count, text, lane = 'NORMAL', to = ASHA) {
    const ids = [];
    for (let from = 0; from < count; from += 500) {
      const size = Math.min(500, count - from);
      const messages = Array.from({ length: size }, (_, n) => ({
        to,
        body: `${text} ${from + n + 1}`,
        lane,
        idempotencyKey: randomUUID(),
      }));
      ids.push(...(await this.#accepted(messages)));
    }
    return ids;
  }

  /** Has all of them accepted. A server on a busy machine may say to try again, which the keys make safe. */
  async #accepted(messages) {
    const query = `mutation ($input: SendMessagesInput!) { sendMessages(input: $input) {
      acceptedCount userErrors { message } results { message { id } userErrors { code message } } } }`;
    for (let turn = 0; ; turn += 1) {
      const { sendMessages: answer } = await this.asked(query, { input: { messages } });
      if (answer.acceptedCount === messages.length) return answer.results.map((it) => it.message.id);
      const isBusy = ({ message, userErrors }) => message !== null || userErrors.some((it) => it.code === 'UNAVAILABLE');
      const maySendAgain = answer.results.length > 0 && answer.results.every(isBusy);
      assert.ok(maySendAgain && turn < 20, JSON.stringify(answer).slice(0, 400));
      await new Promise((done) => setTimeout(done, 250));
    }
  }

  /** Writes as somebody with a simulated phone, and waits until the answer is read. */
  async hears(from, name, body) {
    const query = 'mutation ($input: SimulatorSendInput!) { simulatorSend(input: $input) { userErrors { message } } }';
    const { simulatorSend } = await this.asked(query, { input: { from, name, body } });
    assert.deepEqual(simulatorSend.userErrors, []);
    await holds(async () => assert.equal((await this.served({ address: from, status: ['READ'] })).length, 1));
  }

  /** Holds a lane, or lets it go. */
  async pause(lane, isPaused) {
    const what = isPaused ? `pauseQueue(lane: ${lane}, reason: "test")` : `resumeQueue(lane: ${lane})`;
    await this.asked(`mutation { ${what} { userErrors { message } } }`);
  }

  /** The message as the server has it. */
  async stored(id) {
    const fields = 'status twilioSid attemptCount contentSid contentVariables createdAt';
    return (await this.asked(`query ($id: ID!) { message(id: $id) { ${fields} } }`, { id })).message;
  }

  /** The message, once its status is this. */
  settles(id, status) {
    return holds(async () => {
      const message = await this.stored(id);
      assert.equal(message.status, status, id);
      return message;
    });
  }

  /** What the server's list begins with. */
  async served(filter, first = 15) {
    const query = `query ($filter: MessageFilter, $first: Int) {
      messages(filter: $filter, first: $first) { nodes { id status } } }`;
    return (await this.asked(query, { filter, first })).messages.nodes;
  }
}
