/**
 * Reads YAML as Go's decoder does: anchors, merge keys, what plain scalars mean, which keys come twice.
 * The `yaml` package finds the nodes; their meaning is yaml.v3's. Source: `gopkg.in/yaml.v3: decode.go`.
 */
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { quote } from '../../go-template/go-strconv.ts';
import { decodeBase64Text } from '../../protocol/base64.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { deepestNesting } from './nesting.ts';
import { resolveScalar } from './resolve-scalar.ts';
import { goSyntax, isMapping, type Mapping, type Value } from './value.ts';
import { yamlErrorText } from './yaml-error-text.ts';

/** The first document of a text; null if there is none. The message is what follows `yaml: `, and that too. */
export function readYaml(text: string): ParseResult<Value> {
  const lines = new LineCounter();
  const control = firstControlCharacter(text);
  if (control !== null) return unparsable(`yaml: ${control}`);
  if (deepestNesting(text) > mostLevels) return unparsable(`yaml: ${tooDeep}`);
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    version: '1.1',
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    lineCounter: lines,
    logLevel: 'silent',
  });
  const document = Array.isArray(documents) ? documents[0] : undefined;
  if (!document) return parsed(null);
  const errors = [...document.errors, ...document.warnings.filter(({ code }) => code === 'BAD_DIRECTIVE')];
  if (errors.length > 0) return unparsable(`yaml: ${yamlErrorText(text, errors)}`);
  return new Decoder(document.contents as ParsedNode | null, lines).decode();
}

/** Simplified: the original allows 10000 levels; no stack needs them, and they would exhaust this engine's call stack. */
const mostLevels = 500;
const tooDeep = 'exceeded max depth of 10000';

/** Raised where Go's decoder gives up at once. */
class Failure extends Error {}

/** Walks the nodes of one document. */
class Decoder {
  readonly #contents: ParsedNode | null;
  readonly #lines: LineCounter;
  readonly #anchors = new Map<string, ParsedNode>();
  readonly #targets = new Map<Alias.Parsed, ParsedNode>();
  readonly #complaints: string[] = [];
  /** Aliases being followed, to find one that leads to itself. */
  readonly #open = new Set<Alias.Parsed>();
  #level = 0;
  #nodes = 0;
  #nodesOfAliases = 0;

  constructor(contents: ParsedNode | null, lines: LineCounter) {
    this.#contents = contents;
    this.#lines = lines;
  }

  decode(): ParseResult<Value> {
    try {
      this.#findAnchors(this.#contents);
      const value = this.#value(this.#contents);
      if (this.#complaints.length === 0) return parsed(value);
      return unparsable(`yaml: unmarshal errors:\n${this.#complaints.map((line) => `  ${line}`).join('\n')}`);
    } catch (error) {
      if (error instanceof Failure) return unparsable(`yaml: ${error.message}`);
      throw error;
    }
  }

  /** An alias means the last node before it with that anchor. */
  #findAnchors(node: ParsedNode | null, level = 0): void {
    if (!node) return;
    if (level > mostLevels) throw new Failure(tooDeep);
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (!target) throw new Failure(`unknown anchor '${node.source}' referenced`);
      this.#targets.set(node as Alias.Parsed, target);
      return;
    }
    if (node.anchor) this.#anchors.set(node.anchor, node);
    if (isSeq(node)) for (const item of node.items) this.#findAnchors(item as ParsedNode | null, level + 1);
    if (!isMap(node)) return;
    for (const pair of node.items) {
      this.#findAnchors(pair.key as ParsedNode | null, level + 1);
      this.#findAnchors(pair.value as ParsedNode | null, level + 1);
    }
  }

  #value(node: ParsedNode | null): Value {
    this.#count();
    this.#level++;
    if (this.#level > mostLevels) throw new Failure(tooDeep);
    const value = this.#valueHere(node);
    this.#level--;
    return value;
  }

  #valueHere(node: ParsedNode | null): Value {
    if (!node) return null;
    if (isAlias(node)) return this.#ofAlias(node as Alias.Parsed);
    if (isScalar(node)) return scalarValue(node);
    if (isSeq(node)) return node.items.map((item) => this.#value(item as ParsedNode | null));
    return isMap(node) ? this.#mapping(node as YAMLMap.Parsed) : null;
  }

  /** Small texts can stand for huge values ("billion laughs"): the decoder stops where most of the work is repetition. */
  #count(): void {
    this.#nodes++;
    if (this.#open.size > 0) this.#nodesOfAliases++;
    const share = this.#nodesOfAliases / this.#nodes;
    if (this.#nodesOfAliases > 100 && this.#nodes > 1000 && share > mostAliases(this.#nodes)) {
      throw new Failure('document contains excessive aliasing');
    }
  }

  #ofAlias(alias: Alias.Parsed): Value {
    if (this.#open.has(alias)) throw new Failure(`anchor '${alias.source}' value contains itself`);
    this.#open.add(alias);
    const value = this.#value(this.#targets.get(alias)!);
    this.#open.delete(alias);
    return value;
  }

  #mapping(node: YAMLMap.Parsed): Value {
    const mapping: Mapping = new Map();
    if (this.#hasTwins(node)) return null;
    if (!node.items.every((pair) => isTextKey(pair.key as ParsedNode | null))) return this.#oddMapping(node);
    this.#fill(mapping, node, new Set());
    return mapping;
  }

  #oddMapping(node: YAMLMap.Parsed): Value {
    for (const pair of node.items) {
      const key = this.#value(pair.key as ParsedNode | null);
      if (Array.isArray(key) || isMapping(key)) throw new Failure(`invalid map key: ${goSyntax(key)}`);
      this.#value(pair.value as ParsedNode | null);
    }
    return { kind: 'odd-mapping' };
  }

  /** Own keys come before merged ones, wherever `<<` stands. */
  #fill(mapping: Mapping, node: YAMLMap.Parsed, taken: Set<string>): void {
    let merged: ParsedNode | null | undefined;
    for (const pair of node.items) {
      const key = pair.key as ParsedNode | null;
      if (isMergeKey(key)) {
        merged = pair.value as ParsedNode | null;
        continue;
      }
      const name = String(this.#value(key));
      if (taken.has(name)) continue;
      taken.add(name);
      mapping.set(name, this.#value(pair.value as ParsedNode | null));
    }
    if (merged !== undefined) this.#merge(mapping, merged, taken);
  }

  #merge(mapping: Mapping, source: ParsedNode | null, taken: Set<string>): void {
    if (source && isSeq(source)) {
      for (const item of source.items) this.#mergeOne(mapping, item as ParsedNode | null, taken);
    } else this.#mergeOne(mapping, source, taken);
  }

  #mergeOne(mapping: Mapping, source: ParsedNode | null, taken: Set<string>): void {
    this.#count();
    if (source && isAlias(source)) {
      const alias = source as Alias.Parsed;
      const target = this.#targets.get(alias)!;
      if (!isMap(target)) throw new Failure(noMapToMerge);
      if (this.#open.has(alias)) throw new Failure(`anchor '${alias.source}' value contains itself`);
      this.#open.add(alias);
      this.#mergeOne(mapping, target, taken);
      this.#open.delete(alias);
      return;
    }
    if (!source || !isMap(source)) throw new Failure(noMapToMerge);
    const map = source as YAMLMap.Parsed;
    if (!this.#hasTwins(map)) this.#fill(mapping, map, taken);
  }

  /** Keys that come twice, each named with both lines. */
  #hasTwins(node: YAMLMap.Parsed): boolean {
    const first = new Map<string, ParsedNode[]>();
    const twins: string[] = [];
    for (const pair of node.items) {
      const key = pair.key as ParsedNode | null;
      const text = key && isScalar(key) ? scalarSource(key) : null;
      if (!key || text === null) continue;
      for (const earlier of first.get(text) ?? []) {
        twins.push(
          `line ${this.#line(key)}: mapping key ${quote(text)} already defined at line ${this.#line(earlier)}`,
        );
      }
      first.set(text, [...(first.get(text) ?? []), key]);
    }
    this.#complaints.push(...twins);
    return twins.length > 0;
  }

  #line(node: ParsedNode): number {
    return this.#lines.linePos(node.range[0]).line;
  }
}

const noMapToMerge = 'map merge requires map or sequence of maps as the value';

/** The share of repeated nodes that is allowed falls as the document grows. */
function mostAliases(nodes: number): number {
  const [low, high] = [400_000, 4_000_000];
  if (nodes <= low) return 0.99;
  return nodes >= high ? 0.1 : 0.99 - 0.89 * ((nodes - low) / (high - low));
}

function isPlain(node: Scalar): boolean {
  return node.type === 'PLAIN' || node.type === undefined;
}

/** What is written, quotes and escapes taken away. */
function scalarSource(node: Scalar): string {
  return node.value === null || node.value === undefined ? '' : String(node.value);
}

function isMergeKey(key: ParsedNode | null): boolean {
  return key !== null && isScalar(key) && isPlain(key) && scalarSource(key) === '<<' && !key.tag?.startsWith('tag:');
}

function isTextKey(key: ParsedNode | null): boolean {
  if (!key) return false;
  if (isAlias(key)) return true;
  if (!isScalar(key)) return false;
  if (!isPlain(key) || key.tag === 'tag:yaml.org,2002:str') return true;
  return resolveScalar(scalarSource(key)).tag === '!!str';
}

const tagPrefix = 'tag:yaml.org,2002:';

function scalarValue(node: Scalar): Value {
  const text = scalarSource(node);
  const tag = node.tag?.startsWith(tagPrefix) ? `!!${node.tag.slice(tagPrefix.length)}` : node.tag;
  if (tag === undefined || tag === '' || tag === '!') return isPlain(node) ? resolveScalar(text).value : text;
  if (tag === '!!str') return text;
  if (tag === '!!binary') return binaryText(text);
  if (!/^!!(bool|int|float|null|timestamp)$/.test(tag)) return text;
  const resolved = resolveScalar(text);
  if (resolved.tag === tag) return resolved.value;
  if (tag === '!!float' && typeof resolved.value === 'bigint') return Number(resolved.value);
  throw new Failure(`cannot decode ${resolved.tag} \`${text}\` as a ${tag}`);
}

function binaryText(base64: string): string {
  const plain = base64.replace(/[\r\n]/g, '');
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(plain)) return decodeBase64Text(plain);
  throw new Failure('!!binary value contains invalid base64 data');
}

/** The reader of the original refuses what YAML calls not printable before it looks at anything else. */
function firstControlCharacter(text: string): string | null {
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const isAllowed =
      code === 0x09 || code === 0x0a || code === 0x0d || code === 0x85 || (code >= 0x20 && code <= 0x7e);
    if (isAllowed || (code >= 0xa0 && code !== 0xfffe && code !== 0xffff)) continue;
    return 'control characters are not allowed';
  }
  return null;
}
