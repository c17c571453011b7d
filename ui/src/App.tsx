/** Chooses the face of the window: welcome, locked, broken, or the screens. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react';
import type { AppState } from './api/bindings';
import { host } from './api/host';
import { appQuery, keys } from './api/queries';
import { Crashed } from './components/Crashed';
import type { makeRouter } from './routes';

const Welcome = lazy(() => import('./features/welcome/Welcome'));
const Locked = lazy(() => import('./features/welcome/Locked'));
const Broken = lazy(() => import('./features/welcome/Broken'));

interface AppContextValue {
  app: AppState;
  /** To be called when there is something to look at; the window is hidden until then. */
  onPainted: () => void;
}

const AppContext = createContext<AppContextValue | null>(null);

export function useApp(): AppContextValue {
  const value = useContext(AppContext);
  if (value === null) throw new Error('useApp is used outside App');
  return value;
}

let shown = false;

/** Asks the host to show the window, once, after the browser has had its turn to paint. */
function showWindow(afterShown: () => void): void {
  if (shown) return;
  shown = true;
  performance.mark('leadline:first-paint');
  // A hidden window gets no animation frames, so a timer it is.
  setTimeout(() => {
    host.showWindow().catch(() => undefined);
    setTimeout(afterShown, 1000);
  }, 0);
}

export function App({ router, afterShown }: { router: ReturnType<typeof makeRouter>; afterShown: () => void }) {
  const client = useQueryClient();
  const { data: app, error } = useQuery(appQuery());
  const [held, setHeld] = useState(false);
  const onPainted = useCallback(() => showWindow(afterShown), [afterShown]);
  const onApp = useCallback((state: AppState) => client.setQueryData(keys.app, state), [client]);
  const context = useMemo(() => (app === undefined ? null : { app, onPainted }), [app, onPainted]);

  if (error && app === undefined) return <Crashed error={error} />;
  if (app === undefined || context === null) return null;
  const { phase } = app;
  const face = (): ReactNode => {
    if (phase.is === 'locked') return <Locked key={phase.reason} reason={phase.reason} onApp={onApp} />;
    if (phase.is === 'broken')
      return <Broken key={phase.problem} problem={phase.problem} error={phase.error} onApp={onApp} />;
    if (phase.is === 'welcome' || held) return <Welcome app={app} onApp={onApp} onHold={setHeld} />;
    return null;
  };
  const other = face();
  return (
    <AppContext.Provider value={context}>
      <Suspense fallback={null}>
        {other === null ? <RouterProvider router={router} /> : <Painted onPainted={onPainted}>{other}</Painted>}
      </Suspense>
    </AppContext.Provider>
  );
}

function Painted({ onPainted, children }: { onPainted: () => void; children: ReactNode }) {
  useEffect(onPainted, [onPainted]);
  return children;
}
