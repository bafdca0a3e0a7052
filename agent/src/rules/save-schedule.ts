// When the evaluator's memory is to be kept although no alert has changed: soon after something new that a kill must not
// take, and now and then for the calendar. Never more than once a minute.
import { MINUTE_MS } from '@fettle/shared/time';

import { type CalendarMark, isOld } from './calendar.ts';
import type { Evaluator } from './evaluator.ts';

const APART_MS = MINUTE_MS;

export class SaveSchedule {
  #news = 0;
  #savedMs = Number.NEGATIVE_INFINITY;
  #calendar: CalendarMark | undefined;

  isDue({ news, calendar }: Pick<Evaluator, 'news' | 'calendar'>, monoMs: number): boolean {
    if (monoMs - this.#savedMs < APART_MS) return false;
    return news !== this.#news || (calendar !== undefined && isOld(this.#calendar, calendar));
  }

  /** It was written, or that was tried: a full disk is not asked with each beat. */
  noteSaved({ news, calendar }: Pick<Evaluator, 'news' | 'calendar'>, monoMs: number): void {
    this.#news = news;
    this.#savedMs = monoMs;
    this.#calendar = calendar;
  }
}
