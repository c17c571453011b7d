import { count } from './count';

/** Several tickets that are one and the same. */
export const merging = {
  open: 'Merge…',
  openAll: (n: number) => `Merge all ${n}…`,
  title: (n: number) => `Merge ${count(n, 'ticket')} into one`,
  intro:
    'One ticket stays. The others are closed in HaloPSA with a note that leads to it; their tasks, meetings and lists come along. It can be undone, also later.',
  stays: 'Which one stays?',
  fields: 'Whose values?',
  fieldsText:
    'Where you pick nothing, what a person typed comes first, then HaloPSA, then the data provider that is believed more.',
  same: 'They say the same everywhere.',
  take: (field: string) => `${field}: take`,
  from: (whose: string) => `, from ${whose}`,
  submit: (n: number) => `Merge ${count(n, 'ticket')}`,
  number: (id: number) => `HaloPSA ${id}`,
  notThere: 'not in HaloPSA yet',
} as const;
