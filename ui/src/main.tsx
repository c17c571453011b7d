/** Starts the window. */
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './theme/tokens.css';
import './theme/base.css';
import { App } from './App';
import { ActionProvider } from './actions/useActions';
import { startFreshness } from './api/freshness';
import { makeQueryClient } from './api/queries';
import { LiveRegion } from './components/announce';
import { theme } from './theme/theme';
import './theme/density';

const client = makeQueryClient();
startFreshness(client);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <MantineProvider theme={theme} defaultColorScheme="auto">
    <QueryClientProvider client={client}>
      <ActionProvider>
        <App />
        <Notifications className="toasts" position="bottom-center" limit={4} containerWidth={460} zIndex={500} />
        <LiveRegion />
      </ActionProvider>
    </QueryClientProvider>
  </MantineProvider>,
);
