/**
 * Everything a person can do by key, by palette or by menu: said once, here.
 *
 * The palette, the menus and the shortcut sheet are drawn from this list; a screen lends an action its hands with
 * `useAction` while it is open. To add one: an entry here, a text in the strings, a `useAction` where it runs.
 */
import { t } from '@/strings';

/** Where an action's keys count. The others win over `global` while the focus is there; those of `review` count only there. */
export type Scope = 'global' | 'board' | 'ticket' | 'review';

export type Section = 'go' | 'card' | 'select' | 'edit' | 'view' | 'review';

interface Entry {
  label: string;
  section: Section;
  scope: Scope;
  /** Alternatives; the first is the one that is shown in menus. */
  keys: readonly string[];
  /** Part of moving about: on the sheet, not in the palette. */
  navigation?: true;
  /** Done once, however long the key is held. */
  once?: true;
}

const define = <T extends Record<string, Entry>>(entries: T): T => entries;

export const ACTIONS = define({
  'palette.open': { label: t.actions.palette, section: 'go', scope: 'global', keys: ['mod+k', '/'] },
  'go.board': { label: t.actions.board, section: 'go', scope: 'global', keys: ['g b'] },
  'go.list': { label: t.actions.list, section: 'go', scope: 'global', keys: ['g l'] },
  'go.outbox': { label: t.actions.outbox, section: 'go', scope: 'global', keys: ['g o'] },
  'go.review': { label: t.actions.review, section: 'go', scope: 'global', keys: ['g r'] },
  'go.imports': { label: t.actions.imports, section: 'go', scope: 'global', keys: ['mod+i'] },
  'go.settings': { label: t.actions.settings, section: 'go', scope: 'global', keys: ['g ,'] },
  'go.health': { label: t.actions.health, section: 'go', scope: 'global', keys: ['g h'] },
  'go.insights': { label: t.actions.insights, section: 'go', scope: 'global', keys: ['g i'] },
  'drawer.toggle': { label: t.actions.drawer, section: 'go', scope: 'global', keys: ['g s'] },

  'import.next': { label: t.actions.importNext, section: 'edit', scope: 'global', keys: ['mod+Enter'] },
  'ticket.new': { label: t.actions.newTicket, section: 'edit', scope: 'global', keys: ['n'] },
  'edit.undo': { label: t.actions.undo, section: 'edit', scope: 'global', keys: ['z', 'mod+z'] },
  'edit.redo': { label: t.actions.redo, section: 'edit', scope: 'global', keys: ['mod+shift+z', 'mod+y'] },

  'card.open': { label: t.actions.open, section: 'card', scope: 'board', keys: ['Enter'] },
  'card.move': { label: t.actions.move, section: 'card', scope: 'global', keys: ['m'] },
  'card.edit': { label: t.actions.edit, section: 'card', scope: 'global', keys: ['e'] },
  'card.assign': { label: t.actions.assign, section: 'card', scope: 'global', keys: ['a'] },
  'card.call': { label: t.actions.call, section: 'card', scope: 'global', keys: ['c'] },
  'card.note': { label: t.actions.note, section: 'card', scope: 'global', keys: ['w'] },
  'card.halo': { label: t.actions.halo, section: 'card', scope: 'global', keys: ['h'] },
  'ticket.close': { label: t.actions.closeTicket, section: 'card', scope: 'ticket', keys: ['Escape'] },

  'select.toggle': { label: t.actions.select, section: 'select', scope: 'board', keys: ['x'] },
  'select.range': {
    label: t.actions.selectRange,
    section: 'select',
    scope: 'board',
    keys: ['shift+X'],
    navigation: true,
  },
  'select.column': { label: t.actions.selectColumn, section: 'select', scope: 'board', keys: ['mod+a'] },
  'select.clear': { label: t.actions.clearSelection, section: 'select', scope: 'board', keys: ['Escape'] },

  'focus.up': { label: t.actions.up, section: 'go', scope: 'board', keys: ['ArrowUp', 'k'], navigation: true },
  'focus.down': { label: t.actions.down, section: 'go', scope: 'board', keys: ['ArrowDown', 'j'], navigation: true },
  'focus.left': { label: t.actions.left, section: 'go', scope: 'board', keys: ['ArrowLeft'], navigation: true },
  'focus.right': { label: t.actions.right, section: 'go', scope: 'board', keys: ['ArrowRight'], navigation: true },
  'focus.first': { label: t.actions.first, section: 'go', scope: 'board', keys: ['Home'], navigation: true },
  'focus.last': { label: t.actions.last, section: 'go', scope: 'board', keys: ['End'], navigation: true },
  'focus.pageUp': { label: t.actions.pageUp, section: 'go', scope: 'board', keys: ['PageUp'], navigation: true },
  'focus.pageDown': { label: t.actions.pageDown, section: 'go', scope: 'board', keys: ['PageDown'], navigation: true },

  'review.next': {
    label: t.actions.reviewNext,
    section: 'review',
    scope: 'global',
    keys: ['j', 'ArrowDown'],
    navigation: true,
  },
  'review.previous': {
    label: t.actions.reviewPrevious,
    section: 'review',
    scope: 'global',
    keys: ['k', 'ArrowUp'],
    navigation: true,
  },
  'review.pick': {
    label: t.actions.reviewPick,
    section: 'review',
    scope: 'review',
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    navigation: true,
  },
  'review.accept': { label: t.actions.reviewAccept, section: 'review', scope: 'review', keys: ['a'], once: true },
  'review.notSame': { label: t.actions.reviewNotSame, section: 'review', scope: 'review', keys: ['s'], once: true },
  'review.merge': { label: t.actions.reviewMerge, section: 'review', scope: 'review', keys: ['m'], once: true },
  'review.update': { label: t.actions.reviewUpdate, section: 'review', scope: 'review', keys: ['u'], once: true },
  'review.create': { label: t.actions.reviewCreate, section: 'review', scope: 'review', keys: ['c'], once: true },
  'review.retry': { label: t.actions.reviewRetry, section: 'review', scope: 'review', keys: ['r'], once: true },
  'review.edit': { label: t.actions.reviewEdit, section: 'review', scope: 'review', keys: ['e'] },
  'review.discard': { label: t.actions.reviewDiscard, section: 'review', scope: 'review', keys: ['d'], once: true },
  'review.assign': { label: t.actions.reviewAssign, section: 'review', scope: 'review', keys: ['shift+A'] },
  'review.select': { label: t.actions.reviewSelect, section: 'review', scope: 'review', keys: ['x'] },
  'review.look': { label: t.actions.reviewLook, section: 'review', scope: 'review', keys: ['l'], once: true },
  'review.clear': { label: t.actions.reviewClear, section: 'review', scope: 'review', keys: ['Escape'] },
  'review.open': { label: t.actions.reviewOpen, section: 'review', scope: 'global', keys: ['Enter'] },
  'review.mine': { label: t.actions.reviewMine, section: 'review', scope: 'ticket', keys: ['1'] },
  'review.theirs': { label: t.actions.reviewTheirs, section: 'review', scope: 'ticket', keys: ['2'] },

  'filter.mine': { label: t.actions.mine, section: 'view', scope: 'global', keys: ['shift+M'] },
  'filter.text': { label: t.actions.filterText, section: 'view', scope: 'global', keys: ['f'] },
  'filter.clear': { label: t.actions.clearFilter, section: 'view', scope: 'global', keys: ['shift+F'] },
  'help.keys': { label: t.actions.keys, section: 'view', scope: 'global', keys: ['?'] },
  'preferences.open': { label: t.actions.preferences, section: 'view', scope: 'global', keys: ['mod+,'] },
  'sync.now': { label: t.actions.syncNow, section: 'view', scope: 'global', keys: [] },
  'sync.retry': { label: t.actions.retryAll, section: 'view', scope: 'global', keys: [] },
});

export type ActionId = keyof typeof ACTIONS;

export interface Action extends Entry {
  id: ActionId;
}

export const ALL_ACTIONS: readonly Action[] = (Object.keys(ACTIONS) as ActionId[]).map((id) => ({
  id,
  ...(ACTIONS[id] as Entry),
}));

export function actionOf(id: ActionId): Action {
  return { id, ...(ACTIONS[id] as Entry) };
}

export const SECTIONS: readonly Section[] = ['card', 'select', 'edit', 'review', 'go', 'view'];
