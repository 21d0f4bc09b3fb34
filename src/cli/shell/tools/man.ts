/** `man`. Simplified: there are no pages; it says where the help of a command is. */
import type { Program } from '../../process.ts';

export const man: Program = async ({ args, stdout, stderr }) => {
  const words = args.filter((word) => !/^(-.*|\d)$/.test(word));
  if (words.length === 0) {
    stderr.write("What manual page do you want?\nFor example, try 'man man'.\n");
    return 1;
  }
  const name = words[0]!.replaceAll('-', ' ');
  if (name === 'docker' || name.startsWith('docker ')) {
    stdout.write(`There are no manual pages on this host. Type: ${name} --help\n`);
    return 0;
  }
  stderr.write(`No manual entry for ${words[0]}\n`);
  return 16;
};
