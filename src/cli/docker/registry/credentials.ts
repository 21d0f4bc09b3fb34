/**
 * Who is logged in where: `~/.docker/config.json`, as docker keeps it without a credential helper. Source: `cli: cli/config/configfile/file.go`,
 * `cli/config/credentials/file_store.go`.
 */
import { decodeBase64Text, encodeBase64, utf8Bytes } from '../../../protocol/base64.ts';
import type { Process } from '../../process.ts';

/** Docker Hub, as its credentials are filed. */
export const HUB = 'https://index.docker.io/v1/';

export interface Credentials {
  username: string;
  password: string;
}

interface ConfigFile {
  auths?: Record<string, { auth?: string }>;
  currentContext?: string;
}

/** Where settings are. */
export function settingsFolder({ env }: Process): string {
  return env.get('DOCKER_CONFIG') ?? `${env.get('HOME') ?? '/home/docker'}/.docker`;
}

/** What is in `config.json`; a file that is no JSON counts as empty. */
export function readSettings(process: Process): ConfigFile {
  const text = process.host.files.read(`${settingsFolder(process)}/config.json`);
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as ConfigFile) : {};
  } catch {
    return {}; // The user's mistake; docker warns and goes on.
  }
}

export function writeSettings(process: Process, settings: ConfigFile): void {
  const folder = settingsFolder(process);
  process.host.files.makeDirectory(folder);
  process.host.files.write(`${folder}/config.json`, JSON.stringify(settings, null, '\t'));
}

/** The key of a server: Docker Hub's long one, else its name. */
export function serverKey(server: string): string {
  const name = server.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return name === '' || /^(index\.|registry-1\.)?docker\.io$/.test(name) ? HUB : name;
}

export function credentialsFor(process: Process, server: string): Credentials | null {
  const entry = readSettings(process).auths?.[serverKey(server)];
  if (!entry?.auth) return null;
  const [username = '', ...rest] = decodeBase64Text(entry.auth).split(':');
  return { username, password: rest.join(':') };
}

export function keepCredentials(process: Process, server: string, { username, password }: Credentials): void {
  const settings = readSettings(process);
  const auth = encodeBase64(utf8Bytes(`${username}:${password}`));
  writeSettings(process, { ...settings, auths: { ...settings.auths, [serverKey(server)]: { auth } } });
}

/** Returns whether there was something to forget. */
export function forgetCredentials(process: Process, server: string): boolean {
  const settings = readSettings(process);
  const { [serverKey(server)]: known, ...auths } = settings.auths ?? {};
  if (known) writeSettings(process, { ...settings, auths });
  return known !== undefined;
}

/** `X-Registry-Auth`: JSON in URL-safe base64; of somebody who is not logged in an empty object. */
export function authHeader(process: Process, server: string): string {
  const credentials = credentialsFor(process, server);
  const json = JSON.stringify(credentials ? { ...credentials, serveraddress: serverKey(server) } : {});
  return encodeBase64(utf8Bytes(json)).replaceAll('+', '-').replaceAll('/', '_');
}
