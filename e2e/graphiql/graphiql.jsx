// GraphiQL on this server: cookies of the same origin, queries over HTTP, subscriptions over graphql-transport-ws.
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import { examples } from './examples.mjs';
import { guarded } from './guard.mjs';
import './graphiql.css';

// Monaco thinks in workers; build.mjs puts in their hashed addresses.
const WORKERS = { json: WORKER_JSON, graphql: WORKER_GRAPHQL };

globalThis.MonacoEnvironment = {
  getWorker(_module, label) {
    return new Worker(WORKERS[label] ?? WORKER_EDITOR, { type: 'module', name: label });
  },
};

const sockets = new URL('/graphql/ws', location.href);
sockets.protocol = sockets.protocol.replace('http', 'ws');

const fetcher = guarded(
  createGraphiQLFetcher({
    url: '/graphql',
    wsClient: createClient({ url: sockets.href, lazy: true }),
    enableIncrementalDelivery: false,
  }),
);

/** Hands a change of the system's theme on to the editors, unless a theme was chosen in the settings. */
function useThemeOfSystem() {
  const chosen = useGraphiQL((state) => state.theme);
  const { setTheme } = useGraphiQLActions();
  useEffect(() => {
    if (chosen) return undefined;
    const system = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => setTheme(null);
    system.addEventListener('change', follow);
    return () => system.removeEventListener('change', follow);
  }, [chosen, setTheme]);
}

/** The way back. Tells tests which operation would run: GraphiQL learns that a moment after a tab is opened. */
function Home() {
  useThemeOfSystem();
  const operation = useGraphiQL((state) => state.operationName);
  return (
    <a className="waybill-home" href="/" data-testid="graphiql-home" data-operation={operation}>
      ← Waybill
    </a>
  );
}

const page = document.getElementById('graphiql');
page.classList.remove('waiting');
createRoot(page).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={examples.map((query) => ({ query }))}
    defaultEditorToolsVisibility={false}
    shouldPersistHeaders={false}
    isHeadersEditorEnabled={false}
    showPersistHeadersSettings={false}
  >
    <GraphiQL.Logo>
      <Home />
    </GraphiQL.Logo>
  </GraphiQL>,
);
