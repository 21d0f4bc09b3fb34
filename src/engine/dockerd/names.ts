/** Names for services and containers that were given none: an adjective and a person of science, as docker's are. */
import type { Random } from '../kernel/random.ts';

const ADJECTIVES =
  'admiring amazing bold brave busy clever compassionate cool dazzling determined eager elegant epic fervent focused friendly gallant gifted gracious happy hopeful inspiring jolly keen kind laughing lucid mystifying nifty nostalgic optimistic peaceful pensive practical quirky relaxed serene sharp stoic sweet tender trusting vibrant vigilant wizardly zealous'.split(
    ' ',
  );
const PEOPLE =
  'banach bardeen bell bohr cerf curie darwin dijkstra einstein engelbart euclid fermat fermi feynman franklin galileo gauss goodall hamilton hawking heisenberg hopper hypatia kepler knuth lamport lovelace maxwell meitner mendel newton noether pascal pasteur ritchie shannon tesla thompson torvalds turing wozniak yonath'.split(
    ' ',
  );

/** Such as `brave_turing`. */
export function randomName(dice: Random): string {
  return `${ADJECTIVES[dice.int(ADJECTIVES.length)]}_${PEOPLE[dice.int(PEOPLE.length)]}`;
}
