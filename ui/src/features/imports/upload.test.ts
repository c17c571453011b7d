import { describe, expect, it, vi } from 'vitest';
import { byteText, FileChanged, sendFile } from './upload';

const file = (text: string): File => new File([text], 'leads.csv');
const watch = (signal = new AbortController().signal) => ({ signal, onProgress: vi.fn() });

/** A host that puts the slices together again. */
function host() {
  const got: { text: string; id: number | null; offset: number }[] = [];
  const send = vi.fn(async (slice: { id: number | null; offset: number; bytes: Uint8Array }) => {
    got.push({ text: new TextDecoder().decode(slice.bytes), id: slice.id, offset: slice.offset });
    return 7;
  });
  return { got, send };
}

describe('a file on its way', () => {
  it('arrives slice by slice, in order, under the id of the first', async () => {
    const { got, send } = host();
    const seen = watch();
    expect(await sendFile(file('abcdefgh'), send, seen, 3)).toBe(7);
    expect(got).toEqual([
      { text: 'abc', id: null, offset: 0 },
      { text: 'def', id: 7, offset: 3 },
      { text: 'gh', id: 7, offset: 6 },
    ]);
    expect(seen.onProgress.mock.calls.flat()).toEqual([3, 6, 8]);
  });

  it('is over with the slice that fills it exactly', async () => {
    const { got, send } = host();
    await sendFile(file('abcdef'), send, watch(), 3);
    expect(got.map((slice) => slice.text)).toEqual(['abc', 'def']);
  });

  it('sends nothing more after it was stopped', async () => {
    const abort = new AbortController();
    const { got, send } = host();
    send.mockImplementationOnce(async () => {
      abort.abort(new Error('stopped'));
      return 7;
    });
    await expect(sendFile(file('abcdef'), send, watch(abort.signal), 3)).rejects.toThrow('stopped');
    expect(got).toEqual([]);
    expect(send).toHaveBeenCalledOnce();
  });

  it('says when it cannot be read to its end', async () => {
    const gone = file('abcdef');
    const whole = gone.slice.bind(gone);
    vi.spyOn(gone, 'slice').mockImplementation((from = 0, to) => {
      if (from > 0) throw new DOMException('gone', 'NotReadableError');
      return whole(from, to);
    });
    const { send } = host();
    await expect(sendFile(gone, send, watch(), 3)).rejects.toBeInstanceOf(FileChanged);
    expect(send).toHaveBeenCalledOnce();
  });

  it('hands on what the host says against it', async () => {
    const send = vi.fn().mockRejectedValue(new Error('the disk is full'));
    await expect(sendFile(file('abcdef'), send, watch(), 3)).rejects.toThrow('the disk is full');
  });
});

describe('a size', () => {
  const check = (bytes: number, text: string) => expect(byteText(bytes, 'en-GB')).toBe(text);
  it('is told in the unit that fits', () => {
    check(1, '1 byte');
    check(812, '812 bytes');
    check(1500, '1.5 kB');
    check(4_194_304, '4.2 MB');
    check(312_400_000, '312 MB');
  });
});
