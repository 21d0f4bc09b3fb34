/**
 * How deep a YAML text is nested, as far as can be told without reading it: what reads it calls itself for every level, and
 * must not run out of stack. Texts with many brackets that stand for nothing are counted too deep at the worst.
 */

/** An upper bound for the levels of collections within each other. */
export function deepestNesting(text: string): number {
  return Math.max(flowLevels(text), blockLevels(text));
}

/** Brackets that are open at once, where one can begin a collection. */
function flowLevels(text: string): number {
  let [open, most] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === 0x5b || sign === 0x7b) {
      if (at === 0 || ' \t\r\n,:-[{'.includes(text[at - 1]!)) open++;
      most = Math.max(most, open);
    } else if ((sign === 0x5d || sign === 0x7d) && open > 0) open--;
  }
  return most;
}

/** Indents that are open at once, and dashes of lists in lists on one line. */
function blockLevels(text: string): number {
  const indents: number[] = [];
  let most = 0;
  for (const [line] of text.matchAll(/^.*$/gm)) {
    const head = /^ *(?:[-?:] +)*/.exec(line)![0];
    const indent = head.length - head.trimStart().length;
    if (line.trim() === '') continue;
    while (indents.length > 0 && indents.at(-1)! >= indent) indents.pop();
    indents.push(indent);
    most = Math.max(most, indents.length + head.trim().replace(/ /g, '').length);
  }
  return most;
}
