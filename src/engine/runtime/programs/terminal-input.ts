/**
 * What is written to a process, and the line discipline of its terminal: keys are echoed and gathered until Enter, so that one can take them
 * back; Ctrl-C interrupts, Ctrl-D on an empty line is the end of the input. Source: `termios(3)`, canonical mode.
 */

/** Plain data. */
export interface InputState {
  /** Given to the process, not read yet. */
  text: string;
  /** The line being typed at a terminal. */
  typed: string;
  /** No more will come. */
  ended: boolean;
}

export function initialInput(): InputState {
  return { text: '', typed: '', ended: false };
}

/** Takes a line from what is there, without its end; null: there is none yet. */
export function takeLine(input: InputState): string | null {
  const end = input.text.indexOf('\n');
  if (end < 0 && !(input.ended && input.text !== '')) return null;
  const line = end < 0 ? input.text : input.text.slice(0, end);
  input.text = end < 0 ? '' : input.text.slice(end + 1);
  return line;
}

/**
 * Keys typed at a terminal. Ctrl-C interrupts: what was typed and not read is then gone, and the keys after it are returned, to be taken
 * when it has had its effect. Else null.
 */
export function takeKeys(input: InputState, keys: string, echo: (text: string) => void): string | null {
  // Arrow keys and the like mean nothing to a line discipline.
  const plain = [...keys.replace(/\x1b\[[0-9;]*[A-Za-z~]/g, '')];
  for (const [i, key] of plain.entries()) {
    if (key === '\x03') {
      echo('^C\n');
      input.typed = '';
      input.text = '';
      return plain.slice(i + 1).join('');
    }
    if (key === '\r' || key === '\n') {
      echo('\n');
      input.text += `${input.typed}\n`;
      input.typed = '';
    } else if (key === '\x04') {
      if (input.typed === '') input.ended = true;
      input.text += input.typed;
      input.typed = '';
    } else if (key === '\x7f' || key === '\b') {
      if (input.typed !== '') echo('\b \b');
      input.typed = [...input.typed].slice(0, -1).join('');
    } else if (key === '\x15') {
      echo('\b \b'.repeat([...input.typed].length));
      input.typed = '';
    } else if (key >= ' ' || key === '\t') {
      echo(key);
      input.typed += key;
    }
  }
  return null;
}
