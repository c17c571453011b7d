/** When something planned takes place, from what was typed. */

/** A day (`YYYY-MM-DD`) and a time (`HH:MM`), both where this computer is, as a moment; `null` when one makes no sense. */
export function momentOf(day: string, time: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !/^\d{2}:\d{2}$/.test(time)) return null;
  const moment = new Date(`${day}T${time}:00`);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

export const LENGTHS = [15, 30, 45, 60, 90, 120] as const;

export const laterBy = (moment: Date, minutes: number): Date => new Date(moment.getTime() + minutes * 60_000);

/** How a planned thing stands. */
export type Standing = 'done' | 'overdue' | 'open';

export function standing(when: { start: string; end: string; done_at: string | null }, now: number): Standing {
  if (when.done_at !== null) return 'done';
  return Date.parse(when.end) < now ? 'overdue' : 'open';
}
