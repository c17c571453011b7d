/** Chooses the face of the window: welcome, locked, broken, or the screens. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { AppContext } from './api/app';
import type { AppState } from './api/bindings';
import { host } from './api/host';
import { appQuery, keys, syncQuery } from './api/queries';
import { Crashed } from './components/Crashed';
import { makeRouter, prefetchScreens, prepareScreens } from './routes';

const Welcome = lazy(() => import('./features/welcome/Welcome'));
const Locked = lazy(() => import('./features/welcome/Locked'));
const Broken = lazy(() => import('./features/welcome/Broken'));

let shown = false;

/** Asks the host to show the window, once, after the browser has had its turn to paint. */
function onPainted(): void {
  if (shown) return;
  shown = true;
  performance.mark('leadline:first-paint');
  // A hidden window gets no animation frames, so a timer it is.
  setTimeout(() => {
    host.showWindow().catch(() => undefined);
    setTimeout(prefetchScreens, 1000);
  }, 0);
}

export function App() {
  const client = useQueryClient();
  const { data: app, error } = useQuery(appQuery());
  const [held, setHeld] = useState(false);
  const onApp = useCallback((state: AppState) => client.setQueryData(keys.app, state), [client]);
  const context = useMemo(() => (app === undefined ? null : { app, onPainted }), [app]);

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
        {other === null ? <Screens key={app.profile} profile={app.profile} /> : <Painted>{other}</Painted>}
      </Suspense>
    </AppContext.Provider>
  );
}

/**
 * The screens, once what the first of them shows is here. It is waited for rather than suspended upon: React shows
 * what comes after a fallback no sooner than 300 ms after it.
 */
function Screens({ profile }: { profile: string }) {
  const client = useQueryClient();
  const [router, setRouter] = useState<ReturnType<typeof makeRouter> | null>(null);
  useEffect(() => {
    let gone = false;
    const made = makeRouter(profile);
    void client.prefetchQuery(syncQuery());
    void prepareScreens(made, client).then(() => {
      if (!gone) setRouter(made);
    });
    return () => {
      gone = true;
    };
  }, [client, profile]);
  return router && <RouterProvider router={router} />;
}

function Painted({ children }: { children: ReactNode }) {
  useEffect(onPainted, []);
  return children;
}
