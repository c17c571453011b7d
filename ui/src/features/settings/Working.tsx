/** How Leadline works with the tenant: the team of new tickets, how often it looks, where the browser comes back to. */
import { NumberInput, Select } from '@mantine/core';
import type { MappingEdit, MappingView, PromotionMode } from '@/api/bindings';
import { t } from '@/strings';
import classes from './Settings.module.css';

const texts = t.settings.working;

/** The select's values that are no outcomes. */
const IN_PLACE = 'in_place';
const LINKED = 'linked_opportunity';

function shown(promotion: PromotionMode | undefined): string {
  return promotion?.how === 'by_action' ? String(promotion.outcome) : (promotion?.how ?? IN_PLACE);
}

function chosen(value: string | null): PromotionMode {
  if (value === null || value === IN_PLACE) return { how: 'in_place' };
  return value === LINKED ? { how: 'linked_opportunity' } : { how: 'by_action', outcome: Number(value) };
}

export function Working({
  view,
  edit,
  onEdit,
}: {
  view: MappingView;
  edit: MappingEdit;
  onEdit: (edit: MappingEdit) => void;
}) {
  const { connection } = edit;
  const { promotion } = edit.settings;
  const number = (name: 'poll_interval_s' | 'redirect_port') => (value: number | string) => {
    const whole = Number(value);
    if (Number.isInteger(whole) && whole > 0) onEdit({ ...edit, connection: { ...connection, [name]: whole } });
  };
  return (
    <section className={classes.section} aria-labelledby="settings-working">
      <h3 className={classes.title} id="settings-working">
        {texts.title}
      </h3>
      <div className={classes.form}>
        <Select
          size="xs"
          label={texts.team}
          description={texts.teamHelp}
          placeholder={texts.teamUsual}
          clearable
          data={view.offers.teams}
          value={edit.settings.team ?? null}
          onChange={(team) => onEdit({ ...edit, settings: { ...edit.settings, team } })}
        />
        <Select
          size="xs"
          label={texts.moves}
          description={promotion?.how === 'linked_opportunity' ? texts.linkedHelp : texts.movesHelp}
          allowDeselect={false}
          data={[
            { value: IN_PLACE, label: texts.inPlace },
            { value: LINKED, label: texts.linked },
            ...view.offers.outcomes.map((outcome) => ({
              value: String(outcome.id),
              label: texts.byAction(outcome.name),
            })),
          ]}
          value={shown(promotion)}
          onChange={(value) => onEdit({ ...edit, settings: { ...edit.settings, promotion: chosen(value) } })}
        />
        <NumberInput
          size="xs"
          label={texts.poll}
          description={texts.pollHelp}
          min={15}
          max={3600}
          step={15}
          value={connection.poll_interval_s ?? 60}
          onChange={number('poll_interval_s')}
        />
        <NumberInput
          size="xs"
          label={texts.port}
          description={texts.portHelp}
          min={1024}
          max={65535}
          hideControls
          value={connection.redirect_port ?? 8765}
          onChange={number('redirect_port')}
        />
      </div>
    </section>
  );
}
