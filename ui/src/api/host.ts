/**
 * The one door to the host: every command, every event. The generated bindings behind it are imported from nowhere else,
 * except for their types.
 */
import {
  type Alert,
  type AppState,
  type Changes,
  commands,
  events,
  type ImportProgress,
  type SyncStatus,
  sendBytes,
  type UiError,
} from './bindings';

/** A command that failed, with what a person needs to know about it. */
export class HostError extends Error {
  readonly ui: UiError;

  constructor(ui: UiError) {
    super(`${ui.attempted}: ${ui.happened}`);
    this.name = 'HostError';
    this.ui = ui;
  }
}

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: UiError };
type Unwrapped<F> = F extends (...args: infer A) => Promise<Answer<infer T>> ? (...args: A) => Promise<T> : never;
type Host = { [Name in keyof typeof commands]: Unwrapped<(typeof commands)[Name]> };

/** Makes one kind of error out of whatever went wrong, a crash of the bridge included. */
export function asUiError(error: unknown): UiError {
  if (error instanceof HostError) return error.ui;
  return {
    code: null,
    attempted: 'Ask Leadline',
    happened: 'The window and the app did not understand each other.',
    todo: 'Try again. If it happens again, restart Leadline: nothing that was saved is lost.',
    detail: error instanceof Error ? error.message : String(error),
  };
}

function unwrap<A extends unknown[], T>(command: (...args: A) => Promise<Answer<T>>): (...args: A) => Promise<T> {
  return async (...args) => {
    let answer: Answer<T>;
    try {
      answer = await command(...args);
    } catch (error) {
      throw new HostError(asUiError(error));
    }
    if (answer.status === 'error') throw new HostError(answer.error);
    return answer.data;
  };
}

/** A piece of a file on its way to the host; the first has no id yet. */
export interface Slice {
  id: number | null;
  name: string;
  offset: number;
  bytes: Uint8Array;
}

/** Sends a piece of a file that is to be imported, as bytes: answers with the id that the next ones carry. */
const uploadSlice = unwrap(({ id, name, offset, bytes }: Slice) =>
  sendBytes<number, UiError>('import_upload', bytes, {
    // Headers carry ASCII alone.
    name: encodeURIComponent(name),
    offset: String(offset),
    ...(id === null ? {} : { id: String(id) }),
  }),
);

/** Every command; each resolves to its answer or throws a `HostError`. */
export const host = {
  ...(Object.fromEntries(
    Object.entries(commands).map(([name, command]) => [
      name,
      unwrap(command as (...args: never[]) => Promise<Answer<unknown>>),
    ]),
  ) as Host),
  uploadSlice,
};

type Stop = () => void;

/** Subscribes at once; the returned function unsubscribes even if the host has not answered yet. */
function subscribe<T>(
  listen: (callback: (event: { payload: T }) => void) => Promise<Stop>,
  callback: (payload: T) => void,
): Stop {
  const stop = listen((event) => callback(event.payload));
  return () => {
    stop.then((unlisten) => unlisten()).catch(() => undefined);
  };
}

export const onChanged = (callback: (changes: Changes) => void): Stop =>
  subscribe(events.changedEvent.listen, callback);
export const onImport = (callback: (progress: ImportProgress) => void): Stop =>
  subscribe(events.importEvent.listen, callback);
export const onSync = (callback: (status: SyncStatus) => void): Stop => subscribe(events.syncEvent.listen, callback);
export const onAlert = (callback: (alert: Alert) => void): Stop => subscribe(events.alertEvent.listen, callback);
export const onPhase = (callback: (state: AppState) => void): Stop => subscribe(events.phaseEvent.listen, callback);
