import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { matchesWords, Picker, type PickerGroup, stepActive } from './Picker';

describe('finding by words', () => {
  const item = { label: 'New Opportunity', words: 'Promote' };
  it.each([
    ['opp', true],
    ['new opp', true],
    ['opp new', true],
    ['promote', true],
    ['tunity', true],
    ['lost', false],
    ['new lost', false],
  ])('%s', (text, expected) => {
    expect(matchesWords(item, text)).toBe(expected);
  });
});

it.each([
  [0, 3, 'ArrowDown', 1],
  [2, 3, 'ArrowDown', 0],
  [0, 3, 'ArrowUp', 2],
  [1, 3, 'Home', 0],
  [1, 3, 'End', 2],
  [1, 3, 'x', 1],
  [0, 0, 'ArrowDown', -1],
])('from %i of %i by %s to %i', (active, length, key, expected) => {
  expect(stepActive(active, length, key)).toBe(expected);
});

describe('the picker', () => {
  beforeAll(() => {
    // Mantine asks for these; happy-dom has no layout to answer with.
    window.matchMedia ??= vi
      .fn()
      .mockReturnValue({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() });
    Element.prototype.scrollIntoView ??= vi.fn();
  });
  afterEach(cleanup);

  const groups: PickerGroup[] = [
    {
      label: 'Can go to',
      items: [
        { id: 'engaged', label: 'Engaged' },
        { id: 'lost', label: 'Lost', disabled: true, detail: 'A lead cannot be lost.' },
        { id: 'contacted', label: 'Contacted' },
      ],
    },
  ];
  const open = (): { onPick: ReturnType<typeof vi.fn>; onClose: ReturnType<typeof vi.fn>; input: HTMLElement } => {
    const onPick = vi.fn();
    const onClose = vi.fn();
    render(
      <MantineProvider env="test">
        <Picker opened title="Move it to…" placeholder="" groups={groups} onPick={onPick} onClose={onClose} />
      </MantineProvider>,
    );
    return { onPick, onClose, input: screen.getByRole('combobox', { name: 'Move it to…' }) };
  };
  const active = (input: HTMLElement): string | null | undefined =>
    document.getElementById(input.getAttribute('aria-activedescendant') ?? '')?.dataset.option;

  it('has the focus, names the active option, and takes it with Enter', () => {
    const { input, onPick } = open();
    expect(document.activeElement).toBe(input);
    expect(active(input)).toBe('engaged');
    fireEvent.keyDown(input, { key: 'ArrowUp' });
    expect(active(input)).toBe('contacted');
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(onPick).toHaveBeenCalledExactlyOnceWith('contacted');
  });

  it('shows what cannot be taken and why, and does not take it', () => {
    const { input, onPick } = open();
    fireEvent.keyDown(input, { key: 'ArrowDown' });
    expect(active(input)).toBe('lost');
    expect(screen.getByRole('option', { name: /A lead cannot be lost/ }).getAttribute('aria-disabled')).toBe('true');
    fireEvent.keyDown(input, { key: 'Enter' });
    fireEvent.click(screen.getByRole('option', { name: /Lost/ }));
    expect(onPick).not.toHaveBeenCalled();
  });

  it('narrows while one types and starts at the first that can be taken', () => {
    const { input } = open();
    fireEvent.change(input, { target: { value: 'cont' } });
    expect(screen.getAllByRole('option')).toHaveLength(1);
    expect(active(input)).toBe('contacted');
  });

  it('closes with Escape', () => {
    const { input, onClose } = open();
    fireEvent.keyDown(input, { key: 'Escape' });
    expect(onClose).toHaveBeenCalledOnce();
  });
});
