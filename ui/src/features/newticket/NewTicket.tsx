/** Quick add: a new ticket with what makes it findable, more on request. */
import { Button, Modal, SegmentedControl, Select } from '@mantine/core';
import { useRef, useState } from 'react';
import type { Lifecycle, UiError } from '@/api/bindings';
import { asUiError, host } from '@/api/host';
import { useLookup } from '@/api/reference';
import { ErrorNotice } from '@/components/ErrorNotice';
import { FieldInput } from '@/components/FieldInput';
import { fieldProblem, operations } from '@/components/operations';
import { LIFECYCLES } from '@/lib/urlState';
import { t } from '@/strings';
import classes from './NewTicket.module.css';

/** Asked at once, in this order. */
const FIRST = ['person_name', 'company_name', 'email', 'phone', 'job_title', 'lead_source'];
/** Asked with "More details". */
const MORE = ['website', 'industry', 'linkedin_url', 'initial_notes'];
/** Asked of an opportunity besides. */
const DEAL = ['opportunity_value', 'expected_close'];

export default function NewTicket({ onClose, onOpen }: { onClose: () => void; onOpen: (ticket: number) => void }) {
  const lookup = useLookup();
  const [lifecycle, setLifecycle] = useState<Lifecycle>('lead');
  const [values, setValues] = useState<Record<string, string>>({});
  const [owner, setOwner] = useState<number | null>(lookup.preferences.me);
  const [more, setMore] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<UiError | null>(null);
  const form = useRef<HTMLFormElement>(null);

  const keys = [...FIRST, ...(lifecycle === 'opportunity' ? DEAL : []), ...(more ? MORE : [])];
  const fields = keys.map((key) => lookup.field(key)).filter((field) => field !== undefined);
  const problemField = failure?.code?.kind === 'field_invalid' ? failure.code.field : null;

  const create = async (another: boolean): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      const given = Object.fromEntries(
        Object.entries(values).filter(([key, value]) => keys.includes(key) && value.trim() !== ''),
      );
      const { done, ticket } = await host.createTicket({ lifecycle, values: given, owner });
      operations.tell(done);
      if (another) {
        // The company and the source are often the same for the next one.
        setValues({ company_name: values.company_name ?? '', lead_source: values.lead_source ?? '' });
        form.current?.querySelector('input[type="text"], input:not([type])')?.closest('input')?.focus();
      } else {
        onClose();
        onOpen(ticket);
      }
    } catch (error) {
      setFailure(asUiError(error));
      if (fieldProblem(error) !== null) {
        requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      }
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t.newTicket.title}
      size={540}
      data-testid="new-ticket"
      classNames={{ title: classes.title ?? '' }}
    >
      <form
        ref={form}
        noValidate
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void create(false);
        }}
      >
        <div className={classes.start}>
          <SegmentedControl
            aria-label={t.newTicket.lifecycle}
            data={LIFECYCLES.map((value) => ({ value, label: t.lifecycle[value] }))}
            value={lifecycle}
            onChange={(next) => setLifecycle(next as Lifecycle)}
          />
        </div>
        <div className={classes.grid}>
          {fields.map((field, index) => (
            <div key={field.key} className={field.kind === 'long_text' ? classes.wide : undefined}>
              <FieldInput
                field={field}
                label={field.label}
                value={values[field.key] ?? ''}
                onChange={(value) => setValues((before) => ({ ...before, [field.key]: value }))}
                error={problemField === field.key ? failure?.happened : undefined}
                autoFocus={index === 0}
              />
            </div>
          ))}
          <Select
            label={t.newTicket.owner}
            placeholder={t.unassigned}
            data={lookup.reference.agents
              .filter((agent) => !agent.inactive)
              .map((agent) => ({ value: String(agent.id), label: agent.name }))}
            searchable
            clearable
            value={owner === null ? null : String(owner)}
            onChange={(id) => setOwner(id === null ? null : Number(id))}
          />
        </div>
        <button type="button" className={classes.more} aria-expanded={more} onClick={() => setMore(!more)}>
          {more ? t.newTicket.less : t.newTicket.more}
        </button>
        {failure && problemField === null && <ErrorNotice error={failure} />}
        <div className={classes.actions}>
          <Button variant="subtle" color="gray" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button variant="default" disabled={busy} onClick={() => void create(true)}>
            {t.newTicket.createMore}
          </Button>
          <Button type="submit" loading={busy}>
            {t.newTicket.create}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
