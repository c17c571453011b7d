/**
 * A file dropped anywhere on the window is a list to import.
 *
 * Without this, a web view shows the dropped file instead of the app. Inputs keep what is dropped on them if it is text.
 */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { t } from '@/strings';
import { toast } from './toast';

interface Handed {
  file: File | null;
  /** One is held over the window. */
  over: boolean;
  /** Says that the file has been taken over. */
  take: () => void;
}

const HandedContext = createContext<Handed>({ file: null, over: false, take: () => undefined });

/** The file that was dropped and nobody has taken over yet. */
export const useHandedFile = (): Handed => useContext(HandedContext);

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

export function FileDropProvider({ onFile, children }: { onFile: () => void; children: ReactNode }) {
  const [file, setFile] = useState<File | null>(null);
  const [over, setOver] = useState(false);
  const latest = useRef(onFile);
  latest.current = onFile;
  useEffect(() => {
    const hold = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(true);
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
    };
    const leave = (event: DragEvent): void => {
      // Going from one part of the window to the next is no leaving.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(false);
      const { files } = event.dataTransfer ?? {};
      const [first] = files ?? [];
      if (first === undefined) {
        toast.note(t.imports.file.none);
        return;
      }
      if (files !== undefined && files.length > 1) toast.note(t.imports.file.one);
      setFile(first);
      latest.current();
    };
    window.addEventListener('dragover', hold);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', hold);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);
  const take = useCallback(() => setFile(null), []);
  const value = useMemo(() => ({ file, over, take }), [file, over, take]);
  return <HandedContext.Provider value={value}>{children}</HandedContext.Provider>;
}
