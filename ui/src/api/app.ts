import { createContext, useContext } from 'react';
import type { AppState } from './bindings';

interface AppContextValue {
  app: AppState;
  /** To be called when there is something to look at; the window is hidden until then. */
  onPainted: () => void;
}

export const AppContext = createContext<AppContextValue | null>(null);

/** What the host says of itself. Only below `App`. */
export function useApp(): AppContextValue {
  const value = useContext(AppContext);
  if (value === null) throw new Error('useApp is used outside App');
  return value;
}
