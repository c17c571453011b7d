import { t } from '@/strings';

/** The sign of the app, drawn from icons/icon.svg. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 1024 1024" role="img" aria-label={t.app}>
      <rect x="48" y="48" width="928" height="928" rx="208" fill="#16263c" />
      <rect x="182" y="222" width="196" height="580" rx="48" fill="#0277bd" fillOpacity=".5" />
      <rect x="414" y="222" width="196" height="580" rx="48" fill="#7b1fa2" fillOpacity=".6" />
      <rect x="646" y="222" width="196" height="580" rx="48" fill="#388e3c" fillOpacity=".55" />
      <path
        d="M280 668C400 668 392 512 512 512S624 356 744 356"
        fill="none"
        stroke="#fff"
        strokeWidth="60"
        strokeLinecap="round"
      />
      <circle cx="280" cy="668" r="52" fill="#fff" />
      <circle cx="744" cy="356" r="70" fill="#fff" />
    </svg>
  );
}
