/** The rules, the catalogue and the people, looked up by key. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { createContext, useContext, useMemo } from 'react';
import type { AgentRow, Arrow, FieldView, Preferences, Reference, Stage } from './bindings';
import { referenceQuery } from './queries';

export interface Lookup {
  reference: Reference;
  preferences: Preferences;
  stages: Stage[];
  stage(key: string): Stage | undefined;
  /** The stage's label, or its key where the workflow no longer knows it. */
  stageLabel(key: string): string;
  field(key: string): FieldView | undefined;
  fieldLabel(key: string): string;
  agent(id: number | null): AgentRow | undefined;
  me: AgentRow | undefined;
  /** The drawn ways out of a stage. */
  arrowsFrom(stage: string): Arrow[];
}

export function makeLookup(reference: Reference): Lookup {
  const stages = new Map(reference.workflow.stages.map((stage) => [stage.key, stage]));
  const fields = new Map(reference.fields.map((field) => [field.key, field]));
  const agents = new Map(reference.agents.map((agent) => [agent.id, agent]));
  const { preferences } = reference;
  return {
    reference,
    preferences,
    stages: reference.workflow.stages,
    stage: (key) => stages.get(key),
    stageLabel: (key) => stages.get(key)?.label ?? key,
    field: (key) => fields.get(key),
    fieldLabel: (key) => fields.get(key)?.label ?? key,
    agent: (id) => (id === null ? undefined : agents.get(id)),
    me: preferences.me === null ? undefined : agents.get(preferences.me),
    arrowsFrom: (stage) => reference.workflow.arrows.filter((arrow) => arrow.from === stage),
  };
}

const LookupContext = createContext<Lookup | null>(null);
export const LookupProvider = LookupContext.Provider;

/** Reads the reference once; suspends until it is there. */
export function useLoadedLookup(): Lookup {
  const { data } = useSuspenseQuery(referenceQuery());
  return useMemo(() => makeLookup(data), [data]);
}

/** The rules, the catalogue and the people. Only below a `LookupProvider`. */
export function useLookup(): Lookup {
  const lookup = useContext(LookupContext);
  if (lookup === null) throw new Error('useLookup is used outside the frame');
  return lookup;
}
