import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { layOut } from '@/testing/screen';
import { LongList, SHORT } from './LongList';

afterEach(cleanup);

const HEIGHT = 20;

beforeEach(() => layOut(400, HEIGHT));

function lines(count: number, reveal?: number) {
  const items = Array.from({ length: count }, (_, at) => at);
  return (
    <div data-testid="scroller" style={{ overflowY: 'auto' }}>
      <LongList items={items} keyOf={(item) => item} estimate={() => HEIGHT} reveal={reveal}>
        {(item) => <p>line {item}</p>}
      </LongList>
    </div>
  );
}
const drawn = (): string[] => screen.queryAllByText(/^line/).map((line) => line.textContent ?? '');

it('draws a short list whole', () => {
  render(lines(SHORT));
  expect(drawn()).toHaveLength(SHORT);
});

it('draws of a long list what is in sight and a little more', () => {
  render(lines(2000));
  expect(drawn()[0]).toBe('line 0');
  expect(drawn().length).toBeGreaterThanOrEqual(400 / HEIGHT);
  expect(drawn().length).toBeLessThan(40);
});

it('keeps the room of the whole list, so that the scroll bar tells the truth', () => {
  render(lines(2000));
  const list = screen.getByTestId('scroller').firstElementChild as HTMLElement;
  expect(list.style.blockSize).toBe(`${2000 * HEIGHT}px`);
});
