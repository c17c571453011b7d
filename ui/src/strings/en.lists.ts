/** Lists of tickets; in HaloPSA they are tags. */
export const lists = {
  label: 'Lists',
  placeholder: 'Put on a list…',
};
