/** All that commands need, as one module: the worker loads it after the first picture is on its way. */
export { CommandRunner } from './command-runner.ts';
export { TerminalSessions } from './terminal-sessions.ts';
