/** Lists of tickets; in HaloPSA they are tags. */
import { count } from './count';

export const lists = {
  label: 'Lists',
  placeholder: 'Put on a list…',
  bulk: 'List…',
  pick: (n: number) => `Put ${count(n, 'ticket')} on a list`,
  pickPlaceholder: 'Name of a list, there already or new',
  make: (name: string) => `New list “${name}”`,
  none: 'There are no lists yet. Type a name to make one.',
  automatic: 'Lists that rules keep',
  byRule: (rule: string) => (rule === '' ? 'Kept by a rule' : `Kept by a rule: ${rule}`),
  automaticHint: 'A rule puts tickets on this list and takes them off again, as their values change.',
  stale: 'Take off',
  staleHint: 'The rule would not put the ticket on this list: the tag is older than the rule, or somebody set it.',
  takeOff: (name: string) => `Take it off the list ${name}`,
  filter: 'List',
  filtered: (n: number) => `List · ${n}`,
  noLists: 'No ticket is on a list yet',
};
