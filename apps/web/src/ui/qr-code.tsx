import encodeQR from 'qr';

/** Drawn here, in the page: its content must not leave the page. Dark on light in both schemes, as cameras want it. */
export function QrCode({
  text,
  label,
  size = 188,
}: {
  text: string;
  label: string;
  size?: number;
}) {
  const cells = encodeQR(text, 'raw', { ecc: 'medium', border: 3 });
  const path = cells
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg
      role="img"
      aria-label={label}
      width={size}
      height={size}
      viewBox={`0 0 ${cells.length} ${cells.length}`}
      shapeRendering="crispEdges"
      style={{ borderRadius: 8, flex: 'none' }}
    >
      <rect width="100%" height="100%" fill="#fff" />
      <path d={path} fill="#141c2f" />
    </svg>
  );
}
