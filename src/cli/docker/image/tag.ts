/** `docker tag`. Source: `cli: cli/command/image/tag.go`, `moby: client/image_tag.go`. */
import { complaintAboutImage, parseImageReference } from '../../opts/image-reference.ts';
import { type Command, exactArgs } from '../command.ts';
import { completeImages } from '../completion.ts';

export const tagCommand: Command = {
  kind: 'command',
  name: 'tag',
  aliasLine: 'docker image tag, docker tag',
  usage: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]',
  description: 'Give an image another name',
  args: exactArgs(2),
  flags: [],
  run: async ({ api, args, fail }) => {
    const [source = '', target = ''] = args;
    for (const name of [source, target]) {
      const complaint = complaintAboutImage(name);
      if (complaint !== null)
        return fail(`Error parsing reference: "${name}" is not a valid repository/tag: ${complaint}`);
    }
    const reference = parseImageReference(target);
    if (!reference || reference.digest !== null) return fail('refusing to create a tag with a digest reference');
    const { domain, path, tag } = reference;
    const query = { repo: `${domain}/${path}`, tag: tag ?? 'latest' };
    await api.post(`/images/${source}/tag`, { query });
    return 0;
  },
  complete: completeImages,
};
