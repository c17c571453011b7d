/** Where each field is kept in HaloPSA, and which side wins where both change it. */
import { NativeSelect, Switch, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { MappedField, MappingEdit, MappingView, SyncPolicy } from '@/api/bindings';
import { t } from '@/strings';
import { fitting, isUnsure, setPolicy } from './edit';
import classes from './Settings.module.css';
import { SlotSelect, Sureness } from './SlotSelect';

const texts = t.settings.fields;

/** What a person may choose: that on beats off is no choice. */
const POLICIES = ['halo_wins', 'mine_wins', 'latest_wins', 'ask'] as const satisfies readonly SyncPolicy[];

interface FieldsTableProps {
  view: MappingView;
  edit: MappingEdit;
  onEdit: (edit: MappingEdit) => void;
}

export function FieldsTable({ view, edit, onEdit }: FieldsTableProps) {
  const [text, setText] = useState('');
  const [unsure, setUnsure] = useState(false);
  const groups = useMemo(() => grouped(view.fields, text, unsure), [view.fields, text, unsure]);
  const policies = { ...edit.policies };
  return (
    <section className={classes.section} aria-label={texts.title}>
      <h3 className={classes.title}>{texts.title}</h3>
      <p className={classes.dim}>{texts.text}</p>
      <div className={classes.tools}>
        <TextInput
          size="xs"
          leftSection={<IconSearch size={14} />}
          aria-label={texts.find}
          placeholder={texts.find}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Switch
          size="xs"
          label={texts.unsure}
          checked={unsure}
          onChange={(event) => setUnsure(event.currentTarget.checked)}
        />
      </div>
      {groups.length === 0 && <p className={classes.dim}>{texts.none(text)}</p>}
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t.settings.ours}</th>
            <th scope="col">{t.settings.theirs}</th>
            <th scope="col">{t.settings.how}</th>
            <th scope="col">{texts.wins}</th>
          </tr>
        </thead>
        {text === '' && !unsure && (
          <tbody>
            <GroupHead label={texts.ticket} />
            {(['stage', 'owner'] as const).map((part) => (
              <tr key={part}>
                <th scope="row">{texts[part]}</th>
                <td />
                <td />
                <td>
                  <PolicySelect
                    label={texts[part]}
                    policy={policies[part]}
                    usual="ask"
                    onPolicy={(policy) => onEdit({ ...edit, policies: { ...edit.policies, [part]: policy } })}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        )}
        {groups.map(([group, fields]) => (
          <tbody key={group}>
            <GroupHead label={group} />
            {fields.map((field) => (
              <FieldLine key={field.field} field={field} view={view} edit={edit} onEdit={onEdit} />
            ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}

function GroupHead({ label }: { label: string }) {
  return (
    <tr className={classes.group}>
      <th scope="rowgroup" colSpan={4}>
        {label}
      </th>
    </tr>
  );
}

function FieldLine({ field, view, edit, onEdit }: FieldsTableProps & { field: MappedField }) {
  const { custom } = field;
  return (
    <tr data-testid={`field-${field.field}`}>
      <th scope="row">{field.label}</th>
      <td>
        {custom === null ? (
          <span className={classes.dim}>{field.native === null ? texts.local : texts.native(field.native)}</span>
        ) : (
          <SlotSelect
            row={custom}
            items={fitting(view.offers.custom_fields, field)}
            nothing={t.settings.nothing}
            edit={edit}
            onEdit={onEdit}
          />
        )}
      </td>
      <td>{custom !== null && <Sureness row={custom} />}</td>
      <td>
        {field.policy_fixed ? (
          <span className={classes.dim}>{texts.policies.on_wins}</span>
        ) : (
          (custom !== null || field.native !== null) && (
            <PolicySelect
              label={field.label}
              policy={edit.policies.fields?.[field.field] ?? field.usual_policy}
              usual={field.usual_policy}
              onPolicy={(policy) => onEdit(setPolicy(edit, field, policy))}
            />
          )
        )}
      </td>
    </tr>
  );
}

function PolicySelect({
  label,
  policy,
  usual,
  onPolicy,
}: {
  label: string;
  policy: SyncPolicy;
  usual: SyncPolicy;
  onPolicy: (policy: SyncPolicy) => void;
}) {
  return (
    <NativeSelect
      size="xs"
      aria-label={texts.winsOf(label)}
      value={policy}
      data={POLICIES.map((value) => ({
        value,
        label: value === usual ? texts.usual(texts.policies[value]) : texts.policies[value],
      }))}
      onChange={(event) => onPolicy(event.currentTarget.value as SyncPolicy)}
    />
  );
}

function grouped(fields: readonly MappedField[], text: string, unsure: boolean): [string, MappedField[]][] {
  const wanted = text.trim().toLowerCase();
  const groups = new Map<string, MappedField[]>();
  for (const field of fields) {
    const found = field.label.toLowerCase().includes(wanted) || field.field.includes(wanted);
    if (!found || (unsure && (field.custom === null || !isUnsure(field.custom)))) continue;
    groups.set(field.group, [...(groups.get(field.group) ?? []), field]);
  }
  return [...groups];
}
