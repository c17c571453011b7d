/**
 * Every text of the window. To add a language: write a file of the shape of `en`, and choose it here.
 *
 * Sentences that carry values are functions, so that a language can order and inflect them in its own way.
 */
import { en } from './en';

export type Strings = typeof en;

export const t: Strings = en;
