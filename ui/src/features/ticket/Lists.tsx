/** The lists that a ticket is on. Typing a new name makes a list. */
import { TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TicketView } from '@/api/bindings';
import { listsQuery } from '@/api/queries';
import { operations } from '@/components/operations';
import { t } from '@/strings';
import classes from './Lists.module.css';
import { changed } from './lists';

export function Lists({ view }: { view: TicketView }) {
  const { data: known = [] } = useQuery(listsQuery());
  const { id } = view.row.card;
  const change = (names: string[]): void => {
    const { added, removed } = changed(view.lists, names);
    for (const name of added) void operations.addToList([id], name);
    for (const name of removed) void operations.removeFromList([id], name);
  };
  return (
    <div className={classes.lists} data-testid="lists">
      <TagsInput
        size="xs"
        label={t.lists.label}
        placeholder={view.lists.length === 0 ? t.lists.placeholder : ''}
        data={known.map((list) => list.name)}
        value={view.lists}
        onChange={change}
        maxTags={50}
        splitChars={[',']}
        acceptValueOnBlur={false}
      />
    </div>
  );
}
