/**
 * What a stage still asks for, as a form.
 *
 * The host says what is missing, the person answers, the host says what is missing now. Answers are kept through every
 * round, and a field that was asked once stays on the form, so that nothing jumps while it is being filled in.
 */
import type { MoveOutcome, MoveRequest, NeededField, PartyChoice, TicketNeeds } from '@/api/bindings';

export type Needs = Extract<MoveOutcome, { outcome: 'needs' }>;
export type Answers = Record<string, string>;

export interface DropFormState {
  needs: Needs;
  common: Answers;
  byTicket: Record<number, Answers>;
  /** Whom a ticket is about, where that is in doubt. */
  parties: Record<number, PartyChoice>;
  /** Fields left empty are pointed out only after the first try to send. */
  tried: boolean;
}

/** Where a field stands: asked once for all, or of one ticket. */
export type Place = { ticket: number | null; field: string };

export type DropFormEvent =
  | { type: 'answer'; place: Place; value: string }
  | { type: 'fill'; field: string; value: string }
  | { type: 'party'; ticket: number; choice: PartyChoice }
  | { type: 'tried' }
  | { type: 'asked'; needs: Needs };

/** `field` and its alternatives. */
export const fieldsOf = (need: NeededField): string[] => [need.field, ...need.or];

const NO_ANSWERS: Answers = {};

/** A value that is there but not enough is shown, so that it can be mended rather than typed again. */
function currentAnswers(needs: readonly NeededField[]): Answers {
  const answers: Answers = {};
  for (const need of needs) if (need.current !== null) answers[need.field] = need.current;
  return answers;
}

export function startDropForm(needs: Needs): DropFormState {
  return {
    needs,
    common: currentAnswers(needs.common),
    byTicket: Object.fromEntries(needs.by_ticket.map((ticket) => [ticket.ticket, currentAnswers(ticket.fields)])),
    parties: Object.fromEntries(
      needs.by_ticket.flatMap(({ ticket, party }) => (party === null ? [] : [[ticket, party.proposal]])),
    ),
    tried: false,
  };
}

/** The fields asked before, each with its newest wording; then the newly asked ones. */
function mergeFields(before: readonly NeededField[], now: readonly NeededField[]): NeededField[] {
  const newest = new Map(now.map((need) => [need.field, need]));
  const kept = before.map((need) => newest.get(need.field) ?? { ...need, problem: null });
  const known = new Set(before.map((need) => need.field));
  return [...kept, ...now.filter((need) => !known.has(need.field))];
}

function mergeNeeds(before: Needs, now: Needs): Needs {
  const tickets = new Map<number, TicketNeeds>(before.by_ticket.map((ticket) => [ticket.ticket, ticket]));
  for (const ticket of now.by_ticket) {
    tickets.set(ticket.ticket, {
      ...ticket,
      party: ticket.party ?? tickets.get(ticket.ticket)?.party ?? null,
      fields: mergeFields(tickets.get(ticket.ticket)?.fields ?? [], ticket.fields),
    });
  }
  const asked = new Set(now.by_ticket.map((ticket) => ticket.ticket));
  const settled = [...tickets.values()].map((ticket) =>
    asked.has(ticket.ticket) ? ticket : { ...ticket, fields: mergeFields(ticket.fields, []) },
  );
  return { ...now, common: mergeFields(before.common, now.common), by_ticket: settled };
}

export function reduceDropForm(state: DropFormState, event: DropFormEvent): DropFormState {
  switch (event.type) {
    case 'answer': {
      const { ticket, field } = event.place;
      if (ticket === null) return { ...state, common: { ...state.common, [field]: event.value } };
      const answers = { ...state.byTicket[ticket], [field]: event.value };
      return { ...state, byTicket: { ...state.byTicket, [ticket]: answers } };
    }
    case 'fill': {
      const byTicket = { ...state.byTicket };
      for (const { ticket, fields } of state.needs.by_ticket) {
        const asks = fields.some((need) => fieldsOf(need).includes(event.field));
        if (asks) byTicket[ticket] = { ...byTicket[ticket], [event.field]: event.value };
      }
      return { ...state, byTicket };
    }
    case 'party':
      return { ...state, parties: { ...state.parties, [event.ticket]: event.choice } };
    case 'tried':
      return { ...state, tried: true };
    case 'asked': {
      const fresh = startDropForm(event.needs);
      const byTicket = { ...fresh.byTicket };
      for (const [ticket, answers] of Object.entries(state.byTicket)) {
        byTicket[Number(ticket)] = { ...byTicket[Number(ticket)], ...answers };
      }
      return {
        needs: mergeNeeds(state.needs, event.needs),
        common: { ...fresh.common, ...state.common },
        byTicket,
        parties: { ...fresh.parties, ...state.parties },
        tried: true,
      };
    }
  }
}

export function answersOf(state: DropFormState, ticket: number | null): Answers {
  return (ticket === null ? state.common : state.byTicket[ticket]) ?? NO_ANSWERS;
}

/** Whether nothing has been answered to this, alternatives included. */
export function isMissing(need: NeededField, answers: Answers): boolean {
  return fieldsOf(need).every((field) => (answers[field] ?? '').trim() === '');
}

/** How many questions have no answer yet. */
export function missingCount(state: DropFormState): number {
  const count = (needs: readonly NeededField[], ticket: number | null): number =>
    needs.filter((need) => isMissing(need, answersOf(state, ticket))).length;
  return state.needs.by_ticket.reduce(
    (sum, { ticket, fields }) => sum + count(fields, ticket),
    count(state.needs.common, null),
  );
}

const given = (answers: Answers): Answers =>
  Object.fromEntries(Object.entries(answers).filter(([, value]) => value.trim() !== ''));

/** The move with every answer given so far. */
export function toRequest(state: DropFormState, tickets: readonly number[], target: string): Required<MoveRequest> {
  return {
    tickets: [...tickets],
    target,
    answers: given(state.common),
    answers_by_ticket: Object.entries(state.byTicket)
      .map(([ticket, answers]): [number, Answers] => [Number(ticket), given(answers)])
      .filter(([ticket, answers]) => tickets.includes(ticket) && Object.keys(answers).length > 0),
    parties: Object.entries(state.parties)
      .map(([ticket, choice]) => ({ ticket: Number(ticket), choice }))
      .filter(({ ticket }) => tickets.includes(ticket)),
  };
}
