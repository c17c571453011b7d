/** Signing in with the browser, and the HaloPSAs on this computer. */
export const signin = {
  again: 'Sign in to HaloPSA again',
  kept: 'Everything you do meanwhile is saved here and sent afterwards.',
  asking: 'Asking HaloPSA where to sign in…',
  opened:
    'Your browser shows HaloPSA’s sign-in. Sign in there; Leadline goes on by itself. If it does not, copy the address into a browser on this computer.',
  notOpened:
    'Your browser could not be opened. Copy the address, open it in a browser on this computer and sign in there.',
  minutes: (minutes: number) => `The sign-in waits for ${minutes} minutes.`,
  copy: 'Copy the address',
  copied: 'The address is on the clipboard',
  secretText: (clientId: string) =>
    `The service account ${clientId} needs a client secret that is valid. An administrator makes one in HaloPSA.`,
  secret: 'Client secret',
  missingSecret: 'Type the client secret.',
  connect: 'Sign in',
  done: (name: string) => `Signed in to HaloPSA as ${name}`,
  changed: (before: string, now: string) =>
    `${before} was signed in here before. What waits is sent to HaloPSA in the name of ${now} now.`,
} as const;

export const tenants = {
  title: 'HaloPSAs on this computer',
  show: 'Show',
  showNamed: (name: string) => `Show ${name}`,
  shown: 'Shown now',
  notConnected: 'Not connected',
  waits: 'What waits for the others is sent when they are shown again.',
  add: 'Add another HaloPSA',
  name: 'Name on this computer',
  nameHelp: 'Small letters, digits and hyphens, such as acme-uk.',
  addNow: 'Continue',
} as const;
