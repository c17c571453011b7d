/** The review queue as the host tells of it. */
import type { Card, Done } from './bindings';
import { host } from './host';

export type ReviewReason =
  | 'low_quality'
  | 'possible_duplicate'
  | 'merge_conflict'
  | 'new_data'
  | 'job_change'
  | 'sync_conflict'
  | 'refused_change'
  | 'import_error';
export type ReviewAction = 'accept' | 'merge' | 'update' | 'create' | 'not_same' | 'discard' | 'retry' | 'recreate';
export type Pick = 'left' | 'right';
export type SourceConfidence = 'unknown' | 'derived' | 'file' | 'provider' | 'halopsa' | 'person';
export interface ReviewRow {
  key: string;
  reason: ReviewReason;
  label: string;
  summary: string;
  source: string;
  opened_at: string;
  assigned_to: number | null;
  ticket: number | null;
}
export interface SideValue {
  shown: string;
  input: string;
  source: string;
  at: string | null;
  confidence: SourceConfidence;
}
export interface ReviewField {
  key: string;
  field: string | null;
  label: string;
  left: SideValue | null;
  right: SideValue | null;
  differs: boolean;
  recommended: Pick;
  editable: boolean;
  choices: string[];
}
export interface ReviewSide {
  title: string;
  card: Card | null;
}
export interface ReviewDetail {
  row: ReviewRow;
  evidence: string[];
  left: ReviewSide;
  right: ReviewSide;
  fields: ReviewField[];
  recommendation: { action: ReviewAction; text: string };
  can: ReviewAction[];
  cluster: Card[];
  cells: string[];
}
export interface ReviewQuery {
  reason?: ReviewReason | null;
  source?: string | null;
  older_than_days?: number | null;
  assigned_to?: number | null;
  offset?: number;
  limit?: number;
}
export interface ReviewDecision {
  action: ReviewAction;
  picks: Record<string, Pick>;
  edits: Record<string, string>;
}
export interface ReviewCounts {
  total: number;
  mine: number;
  reasons: { reason: ReviewReason; count: number }[];
  sources: string[];
}
export interface BulkGroup {
  reason: ReviewReason;
  action: ReviewAction;
  count: number;
  examples: string[];
}
export interface BulkPreview {
  keys: string[];
  groups: BulkGroup[];
  left_out: number;
  more: number;
}
export interface NotSameView {
  id: number;
  left: string;
  right: string;
  ticket: number;
  other: number | null;
  at: string;
  by: number | null;
}

export interface ReviewHost {
  reviewQueue(query: ReviewQuery): Promise<ReviewRow[]>;
  reviewDetail(key: string): Promise<ReviewDetail>;
  reviewCounts(): Promise<ReviewCounts>;
  decideReview(key: string, decision: ReviewDecision): Promise<Done>;
  reviewBulkPreview(query: ReviewQuery): Promise<BulkPreview>;
  reviewBulkAccept(keys: string[]): Promise<Done>;
  assignReview(keys: string[], agent: number | null): Promise<Done>;
  keptApart(): Promise<NotSameView[]>;
  takeBackApart(pair: number): Promise<Done>;
}

export const reviewHost = host as typeof host & ReviewHost;
