import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { FieldRow, FieldView } from '@/api/bindings';
import { host } from '@/api/host';
import { FieldInput } from '@/components/FieldInput';
import { fieldProblem, operations } from '@/components/operations';
import { toast } from '@/components/toast';
import { valueInput } from '@/lib/values';
import { t } from '@/strings';
import classes from './Fields.module.css';

interface FieldEditorProps {
  ticket: number;
  field: FieldView;
  row: FieldRow | undefined;
  onDone: () => void;
}

/** Inputs that list their options in a portal: leaving the input is no sign of being done with them. */
const CHOSEN = new Set(['single_select', 'boolean', 'date']);

/** Changes one field where it stands. Enter or leaving saves, Escape leaves it as it was; what is wrong stays and says why. */
export function FieldEditor({ ticket, field, row, onDone }: FieldEditorProps) {
  const before = row === undefined ? '' : valueInput(row.stored.value);
  const [typed, setTyped] = useState(before);
  const [problem, setProblem] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const saving = useRef(false);

  useEffect(() => {
    const input = box.current?.querySelector<HTMLInputElement | HTMLTextAreaElement>('input, textarea');
    input?.focus();
    input?.select();
  }, []);

  const save = async (value: string): Promise<void> => {
    if (saving.current) return;
    if (value.trim() === before.trim()) {
      onDone();
      return;
    }
    saving.current = true;
    try {
      operations.tell(await host.editField(ticket, field.key, value));
      onDone();
    } catch (error) {
      const reason = fieldProblem(error);
      if (reason === null) toast.failure(error);
      setProblem(reason);
    } finally {
      saving.current = false;
    }
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const expanded = event.target instanceof HTMLElement && event.target.getAttribute('aria-expanded') === 'true';
    if (event.key === 'Escape' && !expanded) {
      event.preventDefault();
      event.stopPropagation();
      onDone();
    } else if (event.key === 'Enter' && !expanded && (field.kind !== 'long_text' || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void save(typed);
    }
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to what its input does.
    <div
      ref={box}
      className={classes.editor}
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        if (event.currentTarget.contains(event.relatedTarget)) return;
        // A list or a calendar in a portal takes the focus for a moment.
        if (event.relatedTarget instanceof Element && event.relatedTarget.closest('[data-portal]')) return;
        if (!CHOSEN.has(field.kind) || typed !== before) void save(typed);
        else onDone();
      }}
    >
      <FieldInput
        field={field}
        bare
        value={typed}
        onChange={(value) => {
          setTyped(value);
          setProblem(null);
          // One click chooses: nothing is left to confirm.
          if (field.kind === 'single_select' || field.kind === 'boolean') void save(value);
        }}
        error={problem ?? undefined}
      />
      <p className={classes.hint}>
        {field.kind === 'long_text' ? t.ticket.fields.saveHintLong : t.ticket.fields.saveHint}
      </p>
    </div>
  );
}
