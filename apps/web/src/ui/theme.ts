import {
  Badge,
  Button,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  Modal,
  Paper,
  Table,
  Tooltip,
} from '@mantine/core';

/**
 * The chrome is ink on paper; colour is kept for what happens on the lines. Green: a person is there. Amber: a phone is
 * being called. Plum: after the call, or a machine. Rust: something went wrong, or may not be done.
 */
const ink: MantineColorsTuple = [
  '#f2f4f9',
  '#e2e7f1',
  '#c6cee0',
  '#a1afcb',
  '#8497bd',
  '#546691',
  '#2c3b5c',
  '#223050',
  '#1b263f',
  '#141c2f',
];
const signal: MantineColorsTuple = [
  '#e9f8f0',
  '#d2efe0',
  '#a4dfc1',
  '#72cea0',
  '#4abf85',
  '#2fb173',
  '#1f9a61',
  '#157d4e',
  '#0f633e',
  '#08492d',
];
const amber: MantineColorsTuple = [
  '#fdf5e6',
  '#f9e8c8',
  '#f2d190',
  '#eab956',
  '#e3a52c',
  '#d29316',
  '#b57b0c',
  '#8f600a',
  '#6d490a',
  '#4d3408',
];
const plum: MantineColorsTuple = [
  '#f6f1fa',
  '#eae0f2',
  '#d4c0e4',
  '#bc9dd5',
  '#a880c7',
  '#9569b9',
  '#8057a5',
  '#684686',
  '#503667',
  '#392649',
];
const rust: MantineColorsTuple = [
  '#fcf0ed',
  '#f7ddd6',
  '#efb9ac',
  '#e6927e',
  '#dd7158',
  '#cf5a3f',
  '#b74a31',
  '#933b27',
  '#702d1e',
  '#4f2016',
];
const gray: MantineColorsTuple = [
  '#faf9f7',
  '#f4f2ef',
  '#e9e6e1',
  '#dbd7d0',
  '#c4bfb6',
  '#a19b91',
  '#78736a',
  '#5a564f',
  '#3d3a35',
  '#23211e',
];
const dark: MantineColorsTuple = [
  '#dde1ea',
  '#b6bdcb',
  '#8d97aa',
  '#667085',
  '#3d4658',
  '#2d3546',
  '#222938',
  '#191f2b',
  '#121722',
  '#0c1019',
];

export const theme = createTheme({
  colors: { ink, signal, amber, plum, rust, gray, dark, red: rust },
  primaryColor: 'ink',
  primaryShade: { light: 6, dark: 5 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: "'Inter Variable', Inter, system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '22px', lineHeight: '1.25' },
      h2: { fontSize: '16px', lineHeight: '1.35' },
      h3: { fontSize: '14px', lineHeight: '1.4' },
    },
  },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Badge: Badge.extend({
      defaultProps: { variant: 'light', radius: 'sm', size: 'md' },
      styles: {
        root: { textTransform: 'none', fontWeight: 560, letterSpacing: 0, flexShrink: 0 },
        // A state that is cut off is no state: "Canceled …".
        label: { overflow: 'visible' },
      },
    }),
    Paper: Paper.extend({ defaultProps: { withBorder: true, radius: 'lg' } }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        radius: 'lg',
        overlayProps: { backgroundOpacity: 0.4 },
        closeButtonProps: { 'aria-label': 'Close' },
        // An HTML header that is in no section would be a second banner of the page.
        attributes: { header: { role: 'presentation' } },
      },
      styles: { title: { fontSize: '16px', fontWeight: 620 } },
    }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 8, horizontalSpacing: 12 } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 350, withArrow: true } }),
  },
});

const COLORS = { ink, signal, amber, plum, rust, gray, red: rust };

/** The shade behind white letters, where that is not the sixth. */
const FILLED: Readonly<Record<string, Readonly<Record<'light' | 'dark', number>>>> = {
  ink: { light: 6, dark: 5 },
  signal: { light: 7, dark: 7 },
  amber: { light: 7, dark: 7 },
};

/** Filled buttons; badges and other quiet coloured things: tinted, with text in the same colour, in both schemes. */
const colorsOf = (scheme: 'light' | 'dark') =>
  Object.fromEntries(
    Object.entries(COLORS).flatMap(([name, shades]) => {
      // The eighth: the tint may lie on the page's own color, or on the card of a conversation.
      const text = scheme === 'light' ? shades[8] : shades[3];
      const tint = scheme === 'light' ? 14 : 22;
      const filled = FILLED[name]?.[scheme] ?? 6;
      return [
        [`--mantine-color-${name}-light`, `color-mix(in srgb, ${shades[5]} ${tint}%, transparent)`],
        [`--mantine-color-${name}-light-color`, text],
        // 4.5:1 for the white letters of a filled button.
        [`--mantine-color-${name}-filled`, shades[filled] ?? ''],
        [`--mantine-color-${name}-filled-hover`, shades[filled + 1] ?? ''],
        // 4.5:1 on every surface, also for the small letters of a badge.
        [`--mantine-color-${name}-outline`, text],
      ];
    }),
  );

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: colorsOf('light'),
  // Mantine's own red of errors cannot be read on a dark field.
  dark: { ...colorsOf('dark'), '--mantine-color-error': 'var(--mantine-color-rust-4)' },
});
