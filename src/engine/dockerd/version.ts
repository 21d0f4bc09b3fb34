/** What the daemon says it is. */
export const ENGINE_VERSION = '28.2.2';
export const API_VERSION = '1.50';
export const MIN_API_VERSION = '1.24';
export const KERNEL_VERSION = '6.1.0-37-amd64';
export const OPERATING_SYSTEM = 'Debian GNU/Linux 12 (bookworm)';
