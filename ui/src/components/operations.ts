/** What any screen may do to tickets, always in the same manner: written by the host, told in a toast, taken back by undo. */
import type { Done, PartyChoice, UndoDone } from '@/api/bindings';
import { HostError, host } from '@/api/host';
import { t } from '@/strings';
import { announce } from './announce';
import { toast } from './toast';

function tellUndone(done: UndoDone): void {
  toast.undone(done, () => void operations.redo());
}

/** Whether it was done; a failure has been shown. */
async function attempt(work: () => Promise<Done>): Promise<Done | null> {
  try {
    const done = await work();
    operations.tell(done);
    return done;
  } catch (error) {
    toast.failure(error);
    return null;
  }
}

export const operations = {
  /** Shows what was done at once, and says it in the same words or in better ones that may take a moment. */
  tell(done: Done, words?: Promise<string>): void {
    // Operations begin at 1: this changed nothing that could be undone.
    if (done.operation === 0) {
      toast.note(done.label);
      return;
    }
    toast.done(done, () => void operations.undoOperation(done.operation));
    const say = (text: string): void => announce(`${text} ${t.toast.undoSpoken}`);
    const plain = `${done.label}.`;
    if (words === undefined) say(plain);
    else words.then(say, () => say(plain));
  },

  attempt,
  assign: (tickets: readonly number[], owner: number | null) => attempt(() => host.assignOwner([...tickets], owner)),
  link: (ticket: number, choice: PartyChoice) => attempt(() => host.linkContact(ticket, choice)),
  addTask: (ticket: number, subject: string, due: string, owner: number | null) =>
    attempt(() => host.addTask(ticket, subject, due, owner)),
  scheduleMeeting: (ticket: number, subject: string, start: string, end: string) =>
    attempt(() => host.scheduleMeeting(ticket, subject, start, end)),
  complete: (activity: number, done: boolean) => attempt(() => host.completeTask(activity, done)),
  addToList: (tickets: readonly number[], name: string) => attempt(() => host.addToList([...tickets], name)),
  removeFromList: (tickets: readonly number[], name: string) => attempt(() => host.removeFromList([...tickets], name)),
  addNote: (ticket: number, text: string) => attempt(() => host.addNote(ticket, text)),
  logCall: (request: Parameters<typeof host.logCall>[0]) => attempt(() => host.logCall(request)),
  settle: (conflicts: readonly number[], side: 'mine' | 'theirs') =>
    attempt(() => host.resolveConflicts([...conflicts], side)),
  discard: (entry: number) => attempt(() => host.discardEntry(entry)),

  async undo(): Promise<void> {
    try {
      const done = await host.undo();
      if (done === null) toast.note(t.toast.nothingToUndo);
      else tellUndone(done);
    } catch (error) {
      toast.failure(error);
    }
  },

  async redo(): Promise<void> {
    try {
      const done = await host.redo();
      if (done === null) toast.note(t.toast.nothingToRedo);
      else tellUndone(done);
    } catch (error) {
      toast.failure(error);
    }
  },

  async undoOperation(operation: number): Promise<void> {
    try {
      tellUndone(await host.undoOperation(operation));
    } catch (error) {
      toast.failure(error);
    }
  },

  /** Not to be undone: the ticket that is gone from HaloPSA cannot be brought back. */
  async recreate(entry: number): Promise<void> {
    try {
      toast.note((await host.recreateEntry(entry)).label);
    } catch (error) {
      toast.failure(error);
    }
  },

  async pause(paused: boolean): Promise<void> {
    try {
      await host.setOutboxPaused(paused);
      announce(paused ? t.outbox.paused : t.outbox.resumed);
    } catch (error) {
      toast.failure(error);
    }
  },

  async contact(ticket: number, field: string): Promise<void> {
    try {
      await host.contactPerson(ticket, field);
    } catch (error) {
      toast.failure(error);
    }
  },

  async openInHalo(ticket: number): Promise<void> {
    try {
      await host.openInHalo(ticket);
    } catch (error) {
      toast.failure(error);
    }
  },
};

/** The sentence about a field that the host did not accept, where the error is about that. */
export function fieldProblem(error: unknown): string | null {
  return error instanceof HostError && error.ui.code?.kind === 'field_invalid' ? error.ui.happened : null;
}
