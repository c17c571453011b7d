/** Mantine in Leadline's clothes. Colours, spacing and radii live in tokens.css; components read them from there. */
import {
  ActionIcon,
  Button,
  createTheme,
  type MantineColorsTuple,
  Menu,
  Modal,
  NativeSelect,
  Popover,
  SegmentedControl,
  Select,
  Textarea,
  TextInput,
  Tooltip,
} from '@mantine/core';

/** The blue of the icon's ground. */
const ink: MantineColorsTuple = [
  '#eef3fa',
  '#dbe4f1',
  '#b6c8e2',
  '#8faad2',
  '#6f91c5',
  '#4d74b0',
  '#3c609b',
  '#2f4f86',
  '#263f6b',
  '#1c2f4a',
];

/** Greys with a breath of blue, for the dark scheme. */
const dark: MantineColorsTuple = [
  '#e4e8ee',
  '#b4bcc8',
  '#8f99a8',
  '#6b7686',
  '#3d4653',
  '#323a46',
  '#272e38',
  '#1d232b',
  '#161b22',
  '#10141a',
];

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 5 },
  colors: { ink, dark },
  fontFamily: "'Inter Variable', 'Inter', system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  defaultRadius: 'md',
  radius: { xs: '0.25rem', sm: '0.3125rem', md: '0.4375rem', lg: '0.625rem', xl: '1rem' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    Button: Button.extend({ defaultProps: { size: 'sm' }, styles: { label: { fontWeight: 550 } } }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } }),
    Popover: Popover.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } }),
    Modal: Modal.extend({
      defaultProps: {
        transitionProps: { duration: 100, transition: 'fade-down' },
        overlayProps: { backgroundOpacity: 0.35 },
        shadow: 'xl',
        radius: 'lg',
        closeButtonProps: { 'aria-label': 'Close' },
      },
    }),
    Select: Select.extend({ defaultProps: { size: 'sm', checkIconPosition: 'right' } }),
    NativeSelect: NativeSelect.extend({ defaultProps: { size: 'sm' } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'sm' } }),
    Textarea: Textarea.extend({ defaultProps: { size: 'sm' } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: 'xs' } }),
    Tooltip: Tooltip.extend({
      defaultProps: {
        openDelay: 350,
        transitionProps: { duration: 80 },
        events: { hover: true, focus: true, touch: false },
      },
    }),
  },
});
