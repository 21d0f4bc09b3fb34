/**
 * `POST /build`: an image made of a Dockerfile, told step by step. `moby: builder/dockerfile` (the classic builder).
 * Simplified: a build keeps what the Dockerfile says of the image (commands, ports, variables, folder, labels, volumes). `RUN` takes its time and
 * prints nothing, copied files must be in the context and leave no trace, and nothing is cached.
 */
import { isArchive } from '../../../protocol/archive.ts';
import { hexId } from '../../kernel/ids.ts';
import { milliseconds } from '../../kernel/time.ts';
import { familiarString, parseImageReference } from '../../manager/controlapi/image-reference.ts';
import type { Image, ImageStep } from '../../runtime/container.ts';
import { existsInRegistry, hash64, parseReference } from '../../runtime/registry.ts';
import type { Dockerd } from '../dockerd.ts';
import { type Instruction, parseDockerfile } from '../dockerfile.ts';
import { isTrue } from '../filters.ts';
import type { Route } from '../route.ts';
import type { Call } from '../state.ts';

/** What is known of a build between two steps: plain data. */
interface Build {
  readonly instructions: readonly Instruction[];
  readonly files: readonly string[];
  readonly tags: readonly string[];
  readonly isQuiet: boolean;
  next: number;
  image: Image | null;
  /** Finished stages by name and number. */
  stages: Record<string, Image>;
  stageName: string;
  stageCount: number;
  variables: Record<string, string>;
}

const STEP_TIME = milliseconds(120);
const RUN_TIME = milliseconds(900);

export const buildImage: Route = {
  body: 'archive',
  start(daemon, call) {
    const query = call.request.query ?? {};
    const { body } = call.request;
    const entries = isArchive(body) ? body.entries : [];
    const path = query.dockerfile || 'Dockerfile';
    const text = entries.find((entry) => entry.path === path)?.text ?? null;
    if (text === null)
      return daemon.refuse(call, { status: 400, message: `Cannot locate specified Dockerfile: ${path}` });
    const parsed = parseDockerfile(text);
    if (!parsed.ok) return daemon.refuse(call, { status: 400, message: parsed.message });
    const tags = namesOf(query.t ?? '');
    if (tags === null) return daemon.refuse(call, { status: 400, message: 'invalid reference format' });
    const build: Build = {
      instructions: parsed.value,
      files: entries.map((entry) => entry.path),
      tags,
      isQuiet: isTrue(query.q),
      next: 0,
      image: null,
      stages: {},
      stageName: '',
      stageCount: 0,
      variables: argumentsOf(query.buildargs),
    };
    call.partial = build;
    daemon.stream(call);
    nextStep(daemon, call);
  },
  stages: { step: nextStep, pulled: basePulled },
  failed: {
    pulled(daemon, call) {
      const reference = parseReference(currentBase(call.partial as Build));
      const repository = reference?.repository ?? '';
      const isAbsent = !existsInRegistry({ repository, tag: 'latest', digest: null });
      daemon.endStream(
        call,
        isAbsent
          ? `pull access denied for ${repository}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`
          : `manifest for ${repository}:${reference?.tag} not found: manifest unknown: manifest unknown`,
      );
    },
  },
};

/** Comma-separated here: one parameter carries all tags. Null: one of them is no name. */
function namesOf(text: string): string[] | null {
  const names: string[] = [];
  for (const tag of text.split(',').filter((one) => one !== '')) {
    const reference = parseImageReference(tag);
    if (!reference) return null;
    names.push(familiarString({ ...reference, tag: reference.tag || 'latest' }));
  }
  return names;
}

function argumentsOf(json: string | undefined): Record<string, string> {
  try {
    return json ? (JSON.parse(json) as Record<string, string>) : {};
  } catch {
    return {}; // No JSON: as if there were none.
  }
}

function say(daemon: Dockerd, call: Call, text: string): void {
  if (!(call.partial as Build).isQuiet) daemon.host.chunk(call.id, { json: { stream: text } });
}

function nextStep(daemon: Dockerd, call: Call): void {
  const build = call.partial as Build;
  const instruction = build.instructions[build.next];
  if (!instruction) return finish(daemon, call, build);
  say(daemon, call, `Step ${build.next + 1}/${build.instructions.length} : ${instruction.original}\n`);
  if (instruction.name === 'FROM') return from(daemon, call, build);
  if (!build.image) {
    if (instruction.name !== 'ARG') return daemon.endStream(call, 'no build stage in current context');
    setArgument(build, instruction);
    return proceed(daemon, call, build, STEP_TIME);
  }
  const missing = missingSource(build, instruction);
  if (missing !== null)
    return daemon.endStream(
      call,
      `${instruction.name} failed: file not found in build context or excluded by .dockerignore: stat ${missing}: file does not exist`,
    );
  const isCopy = instruction.name === 'COPY' || instruction.name === 'ADD';
  if (!isCopy) {
    const container = hexId(daemon.host.random('build')).slice(0, 12);
    say(daemon, call, ` ---> Running in ${container}\n`);
    build.image = changed(daemon, build, instruction, container);
    say(daemon, call, ` ---> Removed intermediate container ${container}\n`);
  } else build.image = changed(daemon, build, instruction, '');
  say(daemon, call, ` ---> ${build.image.id.slice(7, 19)}\n`);
  proceed(daemon, call, build, instruction.name === 'RUN' ? RUN_TIME : STEP_TIME);
}

function proceed(daemon: Dockerd, call: Call, build: Build, after: number): void {
  build.next++;
  daemon.later(call, 'step', after);
}

// ---- stages

/** `FROM image [AS name]`, with variables in it. */
function currentBase(build: Build): string {
  const words = (build.instructions[build.next]?.words ?? []).filter((word) => !word.startsWith('--'));
  return expand(words[0] ?? '', build.variables);
}

function from(daemon: Dockerd, call: Call, build: Build): void {
  closeStage(build);
  const words = (build.instructions[build.next]?.words ?? []).filter((word) => !word.startsWith('--'));
  build.stageName = words[1]?.toLowerCase() === 'as' ? (words[2] ?? '') : '';
  const base = currentBase(build);
  const { runtime } = daemon.host;
  const known = Object.hasOwn(build.stages, base)
    ? build.stages[base]!
    : base === 'scratch'
      ? SCRATCH
      : runtime.image(base);
  if (known) {
    beginStage(daemon, call, build, known);
    return;
  }
  const reference = parseImageReference(base);
  if (!reference) return daemon.endStream(call, `failed to parse stage name "${base}": invalid reference format`);
  const named = familiarString({ ...reference, tag: reference.tag || 'latest' });
  const tag = named.slice(named.lastIndexOf(':') + 1);
  if (!build.isQuiet) daemon.host.chunk(call.id, { json: { status: `Pulling from ${reference.path}`, id: tag } });
  runtime.pull(named, daemon.token(call, 'pulled'));
}

function basePulled(daemon: Dockerd, call: Call): void {
  const build = call.partial as Build;
  const base = currentBase(build);
  const image = daemon.host.runtime.image(base);
  if (!image) return daemon.endStream(call, `No such image: ${base}`);
  const status = (text: string): void => daemon.host.chunk(call.id, { json: { status: text } });
  if (!build.isQuiet) {
    status(`Digest: ${image.digest}`);
    status(`Status: Downloaded newer image for ${image.tags[0]}`);
  }
  beginStage(daemon, call, build, image);
}

const SCRATCH: Image = {
  id: `sha256:${'0'.repeat(64)}`,
  tags: [],
  isTagged: false,
  digest: '',
  sizeBytes: 0,
  createdAt: 0,
  exposed: [],
  entrypoint: [],
  command: [],
  volumes: [],
};

function beginStage(daemon: Dockerd, call: Call, build: Build, base: Image): void {
  const inherited = base.history ?? [
    { createdBy: 'ADD rootfs.tar.gz / # buildkit', sizeBytes: base.sizeBytes, createdAt: base.createdAt },
  ];
  build.image = { ...base, history: base === SCRATCH ? [] : inherited };
  say(daemon, call, base === SCRATCH ? ' ---> \n' : ` ---> ${base.id.slice(7, 19)}\n`);
  proceed(daemon, call, build, STEP_TIME);
}

function closeStage(build: Build): void {
  if (!build.image) return;
  build.stages[String(build.stageCount++)] = build.image;
  if (build.stageName !== '') build.stages[build.stageName] = build.image;
}

// ---- instructions

/** A source of `COPY` or `ADD` that is not in the context. */
function missingSource(build: Build, { name, words }: Instruction): string | null {
  if (name !== 'COPY' && name !== 'ADD') return null;
  if (words.some((word) => word.startsWith('--from='))) return null;
  const sources = words.filter((word) => !word.startsWith('--')).slice(0, -1);
  for (const source of sources) {
    if (/^https?:/.test(source) || /[*?[]/.test(source)) continue;
    const path = source.replace(/^(\.?\/)+/, '').replace(/\/$/, '');
    if (path === '' || path === '.') continue;
    if (!build.files.some((file) => file === path || file.startsWith(`${path}/`))) return path;
  }
  return null;
}

function setArgument(build: Build, { words }: Instruction): void {
  for (const word of words) {
    const [name = '', ...value] = word.split('=');
    if (!(name in build.variables) && value.length > 0) build.variables[name] = value.join('=');
  }
}

/** The image after an instruction; its id follows from what it is made of, and from the container of a command that was run. */
function changed(daemon: Dockerd, build: Build, instruction: Instruction, container: string): Image {
  const image = build.image!;
  const { now } = daemon.host;
  const id = `sha256:${hash64(`${image.id} ${instruction.original} ${instruction.name === 'RUN' ? container : ''}`)}`;
  const step: ImageStep = { createdBy: createdBy(instruction), sizeBytes: 0, createdAt: now };
  return { ...image, ...effectOf(build, instruction), id, createdAt: now, history: [step, ...(image.history ?? [])] };
}

function createdBy({ name, rest, list }: Instruction): string {
  if (name === 'RUN') return `/bin/sh -c ${list ? list.join(' ') : rest}`;
  if (name === 'COPY' || name === 'ADD') return `/bin/sh -c #(nop) ${name} ${rest} `;
  return `/bin/sh -c #(nop)  ${name} ${list ? `[${list.map((word) => JSON.stringify(word)).join(' ')}]` : rest}`;
}

function effectOf(build: Build, { name, words, rest, list }: Instruction): Partial<Image> {
  const image = build.image!;
  const command = list ?? ['/bin/sh', '-c', rest];
  switch (name) {
    case 'CMD':
      return { command: [...command] };
    case 'ENTRYPOINT':
      return { entrypoint: [...command], command: [] };
    case 'EXPOSE': {
      const ports = words
        .map((word) => expand(word, build.variables))
        .map((port) => (port.includes('/') ? port : `${port}/tcp`));
      return { exposed: [...new Set([...image.exposed, ...ports])] };
    }
    case 'VOLUME':
      return { volumes: [...image.volumes, ...(list ?? words)] };
    case 'WORKDIR': {
      const folder = expand(rest.trim(), build.variables);
      return { workingDir: folder.startsWith('/') ? folder : `${image.workingDir ?? ''}/${folder}` };
    }
    case 'ENV': {
      const pairs = pairsOf(words, rest);
      for (const [key, value] of pairs) build.variables[key] = value;
      const old = (image.env ?? []).filter((entry) => !pairs.some(([key]) => entry.startsWith(`${key}=`)));
      return { env: [...old, ...pairs.map(([key, value]) => `${key}=${value}`)] };
    }
    case 'LABEL':
      return { labels: { ...image.labels, ...Object.fromEntries(pairsOf(words, rest)) } };
    case 'ARG':
      setArgument(build, { words } as Instruction);
      return {};
    default:
      return {};
  }
}

/** `a=1 b="2 3"`, or the old `name rest of the line`. */
function pairsOf(words: readonly string[], rest: string): [string, string][] {
  if (words[0] !== undefined && !words[0].includes('=')) {
    const [name = '', ...value] = rest.trim().split(/\s+/);
    return [[name, value.join(' ')]];
  }
  return words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
}

function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g,
    (_, braced?: string, fallback?: string, plain?: string) => {
      const name = braced ?? plain ?? '';
      return (Object.hasOwn(variables, name) ? variables[name]! : '') || (fallback ?? '');
    },
  );
}

function finish(daemon: Dockerd, call: Call, build: Build): void {
  const { image, tags } = build;
  if (!image) return daemon.endStream(call, 'No image was generated. Is your Dockerfile empty?');
  const { runtime } = daemon.host;
  runtime.keepBuilt({ ...image, digest: `sha256:${hash64(`manifest of ${image.id}`)}` }, tags);
  daemon.host.chunk(call.id, { json: { aux: { ID: image.id } } });
  if (build.isQuiet) daemon.host.chunk(call.id, { json: { stream: `${image.id}\n` } });
  say(daemon, call, `Successfully built ${image.id.slice(7, 19)}\n`);
  for (const name of tags) {
    say(daemon, call, `Successfully tagged ${name}\n`);
    daemon.event({ type: 'image', action: 'tag', id: image.id, attributes: { name } });
  }
  daemon.endStream(call);
}
