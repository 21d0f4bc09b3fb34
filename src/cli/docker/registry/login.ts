/** `docker login`, `docker logout`. Source: `cli: cli/command/registry/login.go, logout.go`. */
import { boolFlag, stringFlag } from '../../flags/flag-types.ts';
import type { Process } from '../../process.ts';
import { type Command, type CommandContext, requiresMaxArgs } from '../command.ts';
import { readToEnd } from '../secret/content.ts';
import {
  type Credentials,
  credentialsFor,
  forgetCredentials,
  keepCredentials,
  serverKey,
  settingsFolder,
} from './credentials.ts';

const password = stringFlag({ name: 'password', shorthand: 'p', description: 'Password, or personal access token' });
const passwordStdin = boolFlag({ name: 'password-stdin', description: 'Read the password from standard input' });
const username = stringFlag({ name: 'username', shorthand: 'u', description: 'Name' });

export const loginCommand: Command = {
  kind: 'command',
  name: 'login',
  usage: '[OPTIONS] [SERVER]',
  description: 'Log in to a registry.\nWithout a server: to Docker Hub.',
  args: requiresMaxArgs(1),
  flags: [password, passwordStdin, username],
  run: login,
};

export const logoutCommand: Command = {
  kind: 'command',
  name: 'logout',
  usage: '[SERVER]',
  description: 'Log out of a registry.\nWithout a server: of Docker Hub.',
  args: requiresMaxArgs(1),
  flags: [],
  run: async ({ args, out, process }) => {
    const server = args[0] ?? '';
    const key = serverKey(server);
    out(`Removing login credentials for ${key}\n`);
    forgetCredentials(process, server);
    return 0;
  },
};

async function login(context: CommandContext): Promise<number> {
  const { api, args, err, fail, flags, out, process } = context;
  if (flags.changed(password)) err('WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n');
  if (flags.changed(password) && flags.get(passwordStdin))
    return fail('--password and --password-stdin are mutually exclusive');
  if (flags.get(passwordStdin) && flags.get(username) === '')
    return fail('the --password-stdin option requires --username to be set');
  const server = args[0] ?? '';
  const isNamed = flags.get(username) !== '' || flags.changed(password);
  const known = isNamed ? null : credentialsFor(process, server);
  if (known) err(`Authenticating with existing credentials... [Username: ${known.username}]\n${otherAccount(process)}`);
  const credentials = known ?? (await credentialsGiven(context));
  if (credentials === null) return fail('Error: Cannot perform an interactive login from a non TTY device');
  const body = { ...credentials, serveraddress: serverKey(server) };
  const { Status } = await api.post<{ Status: string }>('/auth', { body });
  if (!known) {
    keepCredentials(process, server, credentials);
    err(unencrypted(process));
  }
  out(`${Status}\n`);
  return 0;
}

function otherAccount({ stderr }: Process): string {
  const mark = stderr.terminal ? 'i Info →' : ' Info ->';
  return `\n${mark} To login with a different account, run 'docker logout' followed by 'docker login'\n\n\n`;
}

/** Null: there is nobody to ask. */
async function credentialsGiven({ flags, process, out }: CommandContext): Promise<Credentials | null> {
  const given = { username: flags.get(username), password: flags.get(password) };
  if (flags.get(passwordStdin)) return { ...given, password: (await readToEnd(process)).replace(/[\r\n]+$/, '') };
  if (given.username !== '' && given.password !== '') return given;
  if (!process.stdin.isTerminal) return null;
  const ask = async (question: string): Promise<string> => {
    out(question);
    return ((await process.stdin.read(process.signal)) ?? '').trim();
  };
  const name = given.username || (await ask('Username: '));
  // Simplified: what is typed is seen.
  return { username: name, password: given.password || (await ask('Password: ')) };
}

function unencrypted(process: Process): string {
  return `\nWARNING! Your credentials are stored unencrypted in '${settingsFolder(process)}/config.json'.
Configure a credential helper to remove this warning. See
https://docs.docker.com/go/credential-store/

`;
}
