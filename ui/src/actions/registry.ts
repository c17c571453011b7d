/**
 * Who carries out an action just now, and which key press means which.
 *
 * A screen registers hands for an action while it is mounted. Where two screens can do the same thing (the board and the
 * ticket panel can both move a ticket), the one that had the focus last does it, else the one that came last.
 */
import { type KeyPress, matches, parseKeys, type Stroke } from '@/lib/keys';
import { type Action, type ActionId, ALL_ACTIONS, type Scope } from './catalogue';

/** The part of the window that had the focus last. */
export type Region = 'board' | 'ticket' | 'review';

interface Hands {
  region: Region | undefined;
  /** With the key that was pressed, where it was one. */
  run: (key?: string) => void;
  enabled: () => boolean;
}

/** How long the second key of `g b` may take, in milliseconds. */
const CHORD_MS = 1200;

export class ActionRegistry {
  private readonly hands = new Map<ActionId, Hands[]>();
  private pending: { stroke: string; until: number } | null = null;
  region: Region = 'board';
  /** How many dialogs are open or on their way: meanwhile keys belong to them. */
  held = 0;

  /** Lends `id` these hands until the returned function is called. */
  register(id: ActionId, hands: Hands): () => void {
    const list = this.hands.get(id) ?? [];
    list.push(hands);
    this.hands.set(id, list);
    return () => {
      const index = list.indexOf(hands);
      if (index >= 0) list.splice(index, 1);
    };
  }

  private find(id: ActionId): Hands | undefined {
    const able = (this.hands.get(id) ?? []).filter((hands) => hands.enabled());
    return able.findLast((hands) => hands.region === this.region) ?? able.at(-1);
  }

  enabled(id: ActionId): boolean {
    return this.find(id) !== undefined;
  }

  /** Whether something was done. */
  run(id: ActionId, key?: string): boolean {
    const hands = this.find(id);
    if (hands === undefined) return false;
    hands.run(key);
    return true;
  }

  /** What the palette offers now. */
  available(): Action[] {
    return ALL_ACTIONS.filter((action) => !action.navigation && this.enabled(action.id));
  }

  /**
   * The action a key press means, given where the focus is; `null` for none. Remembers the first key of a chord.
   * `typing` is true in an input, where only Control and Command combinations count.
   */
  resolve(press: KeyPress, context: { typing: boolean; now: number }): ActionId | null {
    const pending = this.pending !== null && this.pending.until >= context.now ? this.pending.stroke : null;
    this.pending = null;
    let chord: string | null = null;
    const candidates: Action[] = [];
    for (const action of ALL_ACTIONS) {
      for (const keys of action.keys) {
        const [first, second] = parseKeys(keys);
        if (first === undefined) continue;
        if (second === undefined) {
          if (action.once && press.repeat) continue;
          if (pending === null && this.counts(first, press, context.typing)) candidates.push(action);
        } else if (!context.typing) {
          if (pending === first.key && matches(second, press)) candidates.push(action);
          else if (matches(first, press)) chord = first.key;
        }
      }
    }
    // Letters that decide about an item of the review queue count on its screen alone.
    const elsewhere = (['board', 'ticket'] as const).filter((scope) => scope !== this.region);
    const order: Scope[] = [this.region, 'global', ...elsewhere];
    for (const scope of order) {
      const found = candidates.find((action) => action.scope === scope && this.enabled(action.id));
      if (found !== undefined) return found.id;
    }
    if (chord !== null && pending === null) this.pending = { stroke: chord, until: context.now + CHORD_MS };
    return null;
  }

  private counts(stroke: Stroke, press: KeyPress, typing: boolean): boolean {
    if (!matches(stroke, press)) return false;
    // Inside an input, undo, redo and "select all" belong to the text.
    return !typing || (stroke.mod && !['z', 'y', 'a'].includes(stroke.key));
  }
}
