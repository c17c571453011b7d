import type { ImportRules, ProviderOrder } from '@/api/bindings';

export type Ordered = keyof ProviderOrder;

/** Below which quality rows go to review, unless somebody chose otherwise. */
const REVIEW_BELOW = 50;

export const reviewBelow = (rules: ImportRules): number => rules.review_below ?? REVIEW_BELOW;
export const orderOf = (rules: ImportRules, group: Ordered): readonly string[] => rules.order?.[group] ?? [];

/** The groups of fields for which providers stand in an order, as they are shown. */
export const ORDERED: readonly Ordered[] = [
  'contact_info',
  'company_info',
  'email_verification',
  'phone_numbers',
  'social_media',
  'technographics',
];

/** The names with one of them so many places further down; it stays at the ends. */
export function moved(names: readonly string[], name: string, by: number): string[] {
  const at = names.indexOf(name);
  if (at < 0) return [...names];
  const rest = names.filter((one) => one !== name);
  return rest.toSpliced(Math.max(0, Math.min(rest.length, at + by)), 0, name);
}
