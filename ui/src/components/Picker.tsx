/**
 * Type to find, arrows to choose, Enter to take: the palette, "Move to…" and "Assign…" are all this.
 *
 * A combobox with a list box: the focus stays in the input, the chosen option is named by `aria-activedescendant`. Options
 * that cannot be taken stay reachable and say why.
 */
import { Modal } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { t } from '@/strings';
import { Keys } from './Keys';
import classes from './Picker.module.css';

export interface PickerItem {
  id: string;
  label: string;
  /** A second, quieter line or the reason why it cannot be taken. */
  detail?: string | undefined;
  icon?: ReactNode;
  keys?: string | undefined;
  disabled?: boolean;
  /** More words to find it by. */
  words?: string;
}

export interface PickerGroup {
  label: string;
  items: PickerItem[];
}

interface PickerProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  placeholder: string;
  groups: PickerGroup[];
  onPick: (id: string) => void;
  /** Given, the caller narrows the groups itself as the text changes; else the picker does. */
  onQuery?: (text: string) => void;
  empty?: ReactNode;
  footer?: ReactNode;
  testid?: string;
}

/** Every word that was typed begins a word of the item. */
export function matchesWords(item: Pick<PickerItem, 'label' | 'detail' | 'words'>, text: string): boolean {
  const hay = ` ${`${item.label} ${item.words ?? ''}`.toLowerCase()}`;
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(` ${word}`) || (word.length > 2 && hay.includes(word)));
}

/** The next option in that direction, wrapping around; disabled ones are visited too. */
export function stepActive(active: number, length: number, key: string): number {
  if (length === 0) return -1;
  switch (key) {
    case 'ArrowDown':
      return (active + 1) % length;
    case 'ArrowUp':
      return (active - 1 + length) % length;
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return active;
  }
}

/** The first option that can be taken. */
function firstAble(items: readonly PickerItem[]): number {
  const able = items.findIndex((item) => !item.disabled);
  return able >= 0 ? able : items.length > 0 ? 0 : -1;
}

export function Picker({ opened, onClose, title, testid, ...rest }: PickerProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      size={rest.onQuery ? 620 : 460}
      yOffset="12vh"
      // At once: whoever presses Ctrl+K and types on must not lose a letter.
      transitionProps={{ duration: 0 }}
      padding={0}
      attributes={{ content: { 'aria-label': title } }}
      {...(testid === undefined ? {} : { 'data-testid': testid })}
    >
      <PickerBody title={title} {...rest} />
    </Modal>
  );
}

function PickerBody({
  title,
  placeholder,
  groups,
  onPick,
  onQuery,
  empty,
  footer,
}: Omit<PickerProps, 'opened' | 'testid' | 'onClose'>) {
  const [text, setText] = useState('');
  const [active, setActive] = useState<number | null>(null);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.focus(), []);

  const shown = useMemo(() => {
    const query = text.trim();
    if (onQuery || query === '') return groups.filter((group) => group.items.length > 0);
    return groups
      .map((group) => ({ ...group, items: group.items.filter((item) => matchesWords(item, query)) }))
      .filter((group) => group.items.length > 0);
  }, [groups, text, onQuery]);
  const flat = useMemo(() => shown.flatMap((group) => group.items), [shown]);
  const current = active !== null && active < flat.length ? active : firstAble(flat);

  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls whenever another option becomes the active one.
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [current, flat]);

  const take = (item: PickerItem | undefined): void => {
    if (item === undefined || item.disabled) return;
    onPick(item.id);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      take(flat[current]);
      return;
    }
    // Home and End belong to the text while there is some.
    if ((event.key === 'Home' || event.key === 'End') && text !== '') return;
    const next = stepActive(current, flat.length, event.key);
    if (next !== current) {
      event.preventDefault();
      setActive(next);
    }
  };

  let index = -1;
  return (
    <div className={classes.picker}>
      <div className={classes.head}>
        {onQuery ? (
          <IconSearch size={17} aria-hidden="true" className={classes.glass} />
        ) : (
          <p className={classes.title}>{title}</p>
        )}
        <input
          ref={input}
          data-autofocus
          className={classes.input}
          type="text"
          role="combobox"
          aria-label={title}
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={current >= 0 ? `${listId}-${current}` : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setActive(null);
            onQuery?.(event.currentTarget.value);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className={classes.list} id={listId} role="listbox" aria-label={title} ref={list} tabIndex={-1}>
        {shown.map((group) => (
          <div key={group.label} role="group" aria-label={group.label}>
            <p className={classes.group} aria-hidden="true">
              {group.label}
            </p>
            {group.items.map((item) => {
              index += 1;
              const at = index;
              return (
                // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus and names the active option.
                // biome-ignore lint/a11y/useKeyWithClickEvents: keys are read by the input.
                <div
                  key={item.id}
                  id={`${listId}-${at}`}
                  role="option"
                  aria-selected={at === current}
                  aria-disabled={item.disabled ?? false}
                  className={classes.item}
                  data-option={item.id}
                  onClick={() => take(item)}
                  onPointerMove={() => {
                    if (at !== current) setActive(at);
                  }}
                >
                  {item.icon && <span className={classes.icon}>{item.icon}</span>}
                  <span className={classes.texts}>
                    <span className={classes.label}>{item.label}</span>
                    {item.detail && <span className={classes.detail}>{item.detail}</span>}
                  </span>
                  {item.keys && <Keys keys={item.keys} />}
                </div>
              );
            })}
          </div>
        ))}
      </div>
      {flat.length === 0 && empty}
      {footer && <div className={classes.footer}>{footer}</div>}
      <div className="visually-hidden" role="status">
        {t.search.results(flat.length)}
      </div>
    </div>
  );
}
