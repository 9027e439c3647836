// A question before each mutation where messages reach real people. Queries and subscriptions are never asked about.
import { parse } from 'graphql';

/** What a request changes, in words: its mutation, and what that calls; null where it changes nothing. */
export function mutationOf({ query, operationName }) {
  let operations;
  try {
    operations = parse(query).definitions.filter(({ kind }) => kind === 'OperationDefinition');
  } catch {
    // Hardly anything that the server understands, but it has the last word.
    return /\bmutation\b/.test(query) ? { name: 'this mutation', calls: [] } : null;
  }
  const named = operations.filter(({ name }) => name && name.value === operationName);
  const asked = named.length > 0 ? named : operations;
  const mutation = asked.find(({ operation }) => operation === 'mutation');
  if (!mutation) return null;
  const fields = mutation.selectionSet.selections.filter(({ kind }) => kind === 'Field');
  const calls = [...new Set(fields.map(({ name }) => name.value))];
  return { name: mutation.name?.value ?? 'this mutation', calls };
}

/** The fetcher, with the question before each mutation where the server is LIVE. */
export const guarded = (fetcher) => async (request, options) => {
  const mutation = mutationOf(request);
  if (!mutation) return fetcher(request, options);
  // Looked up each time: the server may have been started anew since the page was opened.
  const query = 'query Environment { viewer { environment } }';
  const answer = await fetcher({ query, operationName: 'Environment' });
  const environment = answer.data?.viewer?.environment;
  // Whoever may not even ask this is told so in the server's own words.
  if (!environment) return answer;
  if (environment !== 'LIVE' || (await isWanted(mutation))) return fetcher(request, options);
  return { errors: [{ message: `Not run: ${mutation.name} was not sent to the server.` }] };
};

/** Asks; Esc is a no. */
function isWanted({ name, calls }) {
  const dialog = element('dialog', { className: 'graphiql-dialog waybill-guard', role: 'alertdialog' });
  dialog.dataset.testid = 'guard';
  dialog.setAttribute('aria-labelledby', 'guard-title');
  dialog.setAttribute('aria-describedby', 'guard-words');
  const words = element('div', { id: 'guard-words' });
  words.append(
    element('p', { textContent: `This server is LIVE: ${name} acts on real data, and what it sends reaches real people.` }),
  );
  if (calls.length > 0) words.append(element('p', { textContent: `It calls ${calls.join(', ')}.` }));
  const foot = element('div', { className: 'waybill-guard-foot' });
  foot.append(button('Don’t', 'guard-dont', { autofocus: true }), button('Run', 'guard-run', { value: 'run' }));
  foot.lastChild.classList.add('graphiql-button-error');
  dialog.append(element('h2', { id: 'guard-title', textContent: `Run ${name}?` }), words, foot);
  foot.addEventListener('click', ({ target }) => {
    if (target instanceof HTMLButtonElement) dialog.close(target.value);
  });
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'run');
    });
  });
}

const element = (tag, properties) => Object.assign(document.createElement(tag), properties);

function button(textContent, testid, more) {
  const made = element('button', { type: 'button', className: 'graphiql-button', textContent, ...more });
  made.dataset.testid = testid;
  return made;
}
