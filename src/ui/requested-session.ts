/** The session that the page's address carries, behind `#s=`. */

/** What stands there; null when the address carries none. */
export function sessionInAddress(hash: string): string | null {
  return hash.startsWith('#s=') ? hash.slice(3) : null;
}

/** The address of this page with a session in it. */
export function addressWith(link: string, page: string): string {
  return `${page.replace(/[?#].*$/s, '')}#s=${link}`;
}
