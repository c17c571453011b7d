/** Do Not Contact: the words around it. */
import { count } from './count';

export const dnc = {
  title: 'Do not contact',
  text: 'Nobody calls or writes to this person from Leadline, and they cannot be imported or created again.',
  by: (name: string) => `by ${name}`,
  halopsa: 'in HaloPSA',
  rule: 'the same person is marked on another ticket',
  optOut: 'They opted out…',
  lift: 'Lift…',
  liftMenu: 'Lift Do Not Contact…',
  onlyManager: 'Only a manager can lift it.',
  alsoMarks: (n: number) => `${count(n, 'other ticket')} of the same person will be marked as well:`,
  alsoLifts: (n: number) => `${count(n, 'other ticket')} of the same person will be freed as well:`,
  more: (n: number) => `and ${n.toLocaleString('en-GB')} more`,
  follows: 'What is planned is called off, and HaloPSA gets a note.',
  closed: 'Nobody may call or write there: the person opted out.',
  noOutbound: 'Outgoing calls to this person are not possible. What they said when they called can be logged.',
  dialog: {
    title: (who: string) => `Lift Do Not Contact: ${who}`,
    text: 'From then on this person may be called and written to again. Your reason stays on the record, here and in HaloPSA.',
    reason: 'Why may they be contacted again?',
    placeholder: 'They asked for an offer on 12 November',
    missing: 'Say why: the reason stays on the record.',
    submit: 'Lift Do Not Contact',
  },
  ways: {
    label: 'Get in touch',
    mail: (address: string) => `Write to ${address}`,
    call: (number: string) => `Call ${number}`,
  },
} as const;
