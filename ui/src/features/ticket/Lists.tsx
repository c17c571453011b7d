/** The lists that a ticket is on. Typing a new name makes a list; those that a rule keeps come and go by themselves. */
import { Button, TagsInput } from '@mantine/core';
import { IconSettingsAutomation } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { TicketView } from '@/api/bindings';
import { listsQuery } from '@/api/queries';
import { operations } from '@/components/operations';
import { t } from '@/strings';
import classes from './Lists.module.css';
import { byRule, changed } from './lists';

export function Lists({ view }: { view: TicketView }) {
  const { data: known = [] } = useQuery(listsQuery());
  const { id } = view.row.card;
  const { own, ruled } = byRule(view.lists, known);
  const change = (names: string[]): void => {
    const { added, removed } = changed(own, names);
    for (const name of added) void operations.addToList([id], name);
    for (const name of removed) void operations.removeFromList([id], name);
  };
  return (
    <div className={classes.lists} data-testid="lists">
      <TagsInput
        size="xs"
        label={t.lists.label}
        placeholder={own.length === 0 ? t.lists.placeholder : ''}
        data={known.filter((list) => !list.automatic).map((list) => list.name)}
        value={own}
        onChange={change}
        maxTags={50}
        splitChars={[',']}
        acceptValueOnBlur={false}
      />
      {ruled.length > 0 && (
        <ul className={classes.ruled} aria-label={t.lists.automatic} title={t.lists.automaticHint}>
          {ruled.map(({ name, rule }) => (
            <li key={name}>
              <IconSettingsAutomation size={13} stroke={1.8} aria-hidden="true" />
              <span>{name}</span>
              <span className={classes.rule}>{t.lists.byRule(rule)}</span>
              {view.stale_lists.includes(name) && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  title={t.lists.staleHint}
                  aria-label={t.lists.takeOff(name)}
                  onClick={() => void operations.removeFromList([id], name)}
                >
                  {t.lists.stale}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
