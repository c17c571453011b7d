/**
 * Keeps what the window shows fresh: one change event in, exactly the touched queries out.
 *
 * The same way serves the window's own edits, other windows, the command line and background sync.
 */
import type { Query, QueryClient, QueryKey } from '@tanstack/react-query';
import type { Board, Card, Changes } from './bindings';
import { host, onChanged, onImport, onPhase, onSync } from './host';
import { importKeys, takeProgress } from './imports';
import { insightKeys } from './insights';
import { keys } from './queries';

/** How often a stream of changes (a first pull) may redraw the board or the outbox, in milliseconds. */
const BOARD_PAUSE_MS = 300;

/** How often a stream of sync events may ask for the figures of sync, in milliseconds. */
const HEALTH_PAUSE_MS = 2000;

/** How often a stream of changes may count the figures of Insights again, in milliseconds. */
const INSIGHTS_PAUSE_MS = 3000;

/** Which queries a change touches. */
export function touched(changes: Changes): QueryKey[] {
  const list: QueryKey[] = [];
  if (changes.all_tickets) list.push(keys.tickets);
  else for (const id of changes.tickets) list.push(keys.ticket(id));
  if (changes.outbox) list.push(keys.outbox);
  if (changes.agents || changes.settings) list.push(keys.reference);
  if (changes.settings) list.push(keys.mapping, insightKeys.dashboards);
  return list;
}

/** Puts the newer cards in the place of the older ones; the same array where none is among them. */
export function replaceCards(cards: readonly Card[], newer: ReadonlyMap<number, Card>): Card[] {
  if (!cards.some((card) => newer.has(card.id))) return cards as Card[];
  return cards.map((card) => newer.get(card.id) ?? card);
}

/** Puts newer cards onto every board and into every column that was read. */
export function patchCards(client: QueryClient, newer: ReadonlyMap<number, Card>): void {
  // What is to be read again must not count as fresh because of a few cards.
  const predicate = ({ state }: Query): boolean => !state.isInvalidated;
  client.setQueriesData<Board>({ queryKey: keys.boards, predicate }, (board) => {
    if (board === undefined) return undefined;
    const columns = board.columns.map((column) => {
      const cards = replaceCards(column.cards, newer);
      return cards === column.cards ? column : { ...column, cards };
    });
    return columns.every((column, index) => column === board.columns[index]) ? board : { ...board, columns };
  });
  client.setQueriesData<Card[]>({ queryKey: keys.columns, predicate }, (cards) =>
    cards === undefined ? undefined : replaceCards(cards, newer),
  );
}

/** Runs `work` at once, and again at most once per `pause` while it keeps being asked for. */
export function paced(work: () => void, pause: number): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let again = false;
  const rest = (): void => {
    timer = setTimeout(() => {
      timer = null;
      if (again) {
        again = false;
        work();
        rest();
      }
    }, pause);
  };
  return () => {
    if (timer !== null) {
      again = true;
      return;
    }
    work();
    rest();
  };
}

/** Listens until the returned function is called. */
export function startFreshness(client: QueryClient): () => void {
  /** What is shown is read again, and what is not shown as soon as it is. An answer that is on its way is too old by now. */
  const expire = (queryKey: QueryKey): void => {
    void client.invalidateQueries({ queryKey });
    const predicate = ({ state }: Query): boolean => state.fetchStatus === 'fetching';
    void client.refetchQueries({ queryKey, type: 'inactive', predicate });
  };
  const redrawBoard = paced(() => {
    expire(keys.boards);
    expire(keys.columns);
  }, BOARD_PAUSE_MS);

  // A line shows any field, so that every change of a ticket may show in one.
  const redrawList = paced(() => {
    expire(keys.listed);
    expire(keys.lists);
  }, BOARD_PAUSE_MS);

  // A long queue that drains changes many times a second.
  const refreshOutbox = paced(() => expire(keys.outbox), BOARD_PAUSE_MS);
  const refreshReview = paced(() => expire(keys.review), BOARD_PAUSE_MS);
  const refreshHealth = paced(() => expire(keys.health), HEALTH_PAUSE_MS);

  const recount = paced(() => expire(insightKeys.all), INSIGHTS_PAUSE_MS);

  // A run writes many portions a second.
  const refreshImports = paced(() => expire(importKeys.all), BOARD_PAUSE_MS);

  const stops = [
    onChanged((changes) => {
      for (const queryKey of touched(changes)) {
        if (queryKey === keys.outbox) refreshOutbox();
        else expire(queryKey);
      }
      if (changes.board || changes.all_tickets || changes.tickets.length > 0) recount();
      if (changes.board || changes.all_tickets || changes.tickets.length > 0) redrawList();
      if (changes.imports) refreshImports();
      // An item shows the values of its tickets as they are.
      if (changes.review || changes.outbox || changes.all_tickets || changes.tickets.length > 0) refreshReview();
      if (changes.board || changes.all_tickets) redrawBoard();
      else if (changes.tickets.length > 0) {
        host
          .cards(changes.tickets)
          .then((cards) => {
            patchCards(client, new Map(cards.map((card) => [card.id, card])));
            // What is being read now may have been read before the change.
            if (client.isFetching({ queryKey: keys.boards }) > 0) redrawBoard();
          })
          // The whole board is the safe answer when the few cards could not be read.
          .catch(redrawBoard);
      }
    }),
    onSync((status) => {
      client.setQueryData(keys.sync, status);
      refreshHealth();
    }),
    onImport((progress) => takeProgress(client, progress)),
    onPhase((state) => {
      client.setQueryData(keys.app, state);
      // Another database may be open now: nothing that was read from the last one is true any more.
      const current = [
        keys.reference,
        keys.boards,
        keys.columns,
        keys.listed,
        keys.lists,
        keys.tickets,
        keys.outbox,
        keys.review,
        keys.health,
        keys.mapping,
        keys.sync,
        insightKeys.all,
        insightKeys.dashboards,
        importKeys.all,
        importKeys.rules,
      ];
      if (state.phase.is === 'ready') for (const queryKey of current) void client.resetQueries({ queryKey });
      else for (const queryKey of current) client.removeQueries({ queryKey });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
